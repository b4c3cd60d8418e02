"""Reads the YAML of a policy file: to the end, in spite of odd values, and with bounded work."""

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, MaxDepthExceededError
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, StringMark
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from sla_timer.policy.file.problems import Problem

MAX_DEPTH = 40
"""More than any policy nests."""
STANDARD = "tag:yaml.org,2002:"
"""Prefix of YAML's own tags."""


class Unreadable(Exception):
    """The text is not YAML, or too deeply nested: see `problem`."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


class _Composer(Composer):
    """Notes unknown tags, whose values would otherwise be read as if they had no tag."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.problems: list[Problem] = []

    def compose_node(self, parent: Any, index: Any) -> Any:
        """As the library does."""
        event = self.parser.peek_event()
        tag = None if isinstance(event, AliasEvent) else event.tag
        if tag and not tag.startswith(STANDARD):
            message = f"the tag {tag!r} means nothing here; leave it out"
            self.problems.append(Problem(event.start_mark.line + 1, "", message))
        return super().compose_node(parent, index)


class _Constructor(RoundTripConstructor):
    """Notes keys that are there twice, and reads on with the first.

    Leaves a date that there is not, and a number beyond all numbers, as the text that they are.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: list[Problem] = []
        self._seen: dict[int, dict[str, StringMark]] = {}

    def check_mapping_key(self, node: MappingNode, key_node: Node, mapping: Any, key: Any, value: Any) -> bool:
        """Whether the key is new; `"2026-12-24"` is not, beside `2026-12-24`."""
        here: StringMark = key_node.start_mark
        first = self._seen.setdefault(id(node), {}).setdefault(str(key_node.value), here)
        twice = first.index != here.index or key in mapping
        if twice:
            line = mapping.lc.key(key)[0] if key in mapping else first.line
            message = f"the key {key_node.value!r} is there twice, first on line {line + 1}; leave one of them out"
            self.problems.append(Problem(here.line + 1, "", message))
        return not twice

    def construct_yaml_timestamp(self, node: ScalarNode, values: Any = None) -> Any:
        """A date, or the text of what looks like one."""
        try:
            return super().construct_yaml_timestamp(node, values)
        except ValueError:
            return str(node.value)

    def construct_yaml_int(self, node: ScalarNode) -> Any:
        """A number, or the text of what looks like one."""
        try:
            return super().construct_yaml_int(node)
        except ValueError:
            return str(node.value)


for _tag, _construct in (
    ("timestamp", _Constructor.construct_yaml_timestamp),
    ("int", _Constructor.construct_yaml_int),
):
    _Constructor.add_constructor(f"{STANDARD}{_tag}", _construct)


def parsed(text: str) -> tuple[Any, list[Problem]]:
    """The document with its lines, and what is wrong with how it is written. Raises Unreadable."""
    yaml = YAML()
    yaml.Composer, yaml.Constructor, yaml.max_depth = _Composer, _Constructor, MAX_DEPTH
    try:
        return yaml.load(text), [*yaml.composer.problems, *yaml.constructor.problems]
    except MaxDepthExceededError as error:
        raise _unreadable(error, f"it is nested more than {MAX_DEPTH} deep; write it flatter") from None
    except MarkedYAMLError as error:
        what = ", ".join(filter(None, (error.context, error.problem)))
        advice = "look at this line and the one before: indent with blanks, close quotes and brackets"
        raise _unreadable(error, f"this is no YAML: {what}; {advice}") from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"there is a character U+{error.character:04X} in it, which nobody can see; leave it out"
        raise Unreadable(Problem(line, "", what)) from None
    except Exception:  # the library has many more, such as for a merge key that merges itself
        what = "this can't be read as YAML: an anchor or a merge key (<<) leads back to itself, or a value is none"
        raise Unreadable(Problem(1, "", f"{what}; write it out")) from None


def _unreadable(error: MarkedYAMLError, what: str) -> Unreadable:
    return Unreadable(Problem(error.problem_mark.line + 1 if error.problem_mark else 1, "", what))
