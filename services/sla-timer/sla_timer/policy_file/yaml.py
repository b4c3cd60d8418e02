"""YAML as a policy file may have it: read whole, whatever odd scalar it holds, and never without end."""

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError

from sla_timer.policy_file.problems import Problem

DEEPEST = 40
"""More than any policy nests."""


class Unreadable(Exception):
    """The text is no YAML, or none that anybody would write: see `problem`."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


class _Composer(Composer):
    """Gives up on what is nested too deeply, before it takes minutes."""

    _depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """As the library does, one deeper."""
        self._depth += 1
        try:
            if self._depth > DEEPEST:
                line = self.parser.peek_event().start_mark.line + 1
                raise Unreadable(Problem(line, "", f"it is nested more than {DEEPEST} deep; write it flatter"))
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


class _Constructor(RoundTripConstructor):
    """Leaves a date that there is not, and a number beyond all numbers, as the text that they are."""

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
    _Constructor.add_constructor(f"tag:yaml.org,2002:{_tag}", _construct)


def parsed(text: str) -> Any:
    """The document, with its lines. Raises Unreadable."""
    yaml = YAML()
    yaml.Composer, yaml.Constructor = _Composer, _Constructor
    try:
        return yaml.load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Unreadable(Problem(line, "", f"this is no YAML: {error.problem}")) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"there is a character U+{error.character:04X} in it, which nobody can see; leave it out"
        raise Unreadable(Problem(line, "", what)) from None
    except Unreadable:
        raise
    except Exception as error:  # the library has many more, such as for a merge key that merges itself
        raise Unreadable(Problem(1, "", f"this can't be read as YAML: {error}")) from None
