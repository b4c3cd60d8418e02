"""Product code that no product code uses: `python -m tests.contract.dead` names it, and fails.

What only tests use is dead too. It goes by names (vulture): one that is used anywhere is used everywhere.
"""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from vulture.core import Item, Vulture

ROOT = Path(__file__).parents[2]
PRODUCT = ("services/*/*/", "shared/*/*/", "deploy/local/*/")
REGISTERED = ("@router.*", "@app.*", "@group.*", "@*_validator", "@atexit.register")
"""Decorators that hand a function to whoever calls it."""
CALLED_FROM_OUTSIDE: Mapping[str, tuple[str, ...]] = {
    "an entry point": ("SERVICE",),
    "pydantic": ("model_config", "settings_customise_sources", "settings_cls", "dotenv_settings"),
    "pydantic, for JSON Schemas": ("field_title_should_be_set", "timedelta_schema"),
    "aiosmtpd": (
        *("handle_*", "smtp_DATA", "smtp_STARTTLS", "line_length_limit"),
        *("host_name", "_original_transport", "_transport"),
    ),
    "uvicorn and h11": ("should_exit", "capture_signals", "send_400_response"),
    "asyncio, of an event loop": ("_run_once", "_process_events", "event_list", "_write_to_self"),
    "logging, sys and structlog": ("handlers", "raiseExceptions", "unraisablehook", "logger"),
    "jinja2 and ruamel.yaml": ("filters", "check_mapping_key", "Constructor", "max_depth"),
    "whoever has such a function": ("__call__",),
}
PUBLISHED: Mapping[str, tuple[str, ...]] = {
    "for events of old versions, of which there are none yet": ("upcaster",),
    "for promises that a service makes (CONTRIBUTING: add a promise)": ("replaced",),
    "for tests/simulation, which is run by `punctual simulate`": ("TroubledWorld", "restart", "heal"),
}
WRITTEN_WHOLE: Mapping[str, tuple[str, ...]] = {
    "as_json of the demo's figures": (
        "answered_in_time",
        "clocks_running",
        "clocks_cancelled",
        "objectives_met",
        "escalated",
        "mails_overtaken",
    ),
    "a clock as it stands, over HTTP": ("warnings_given", "breached_by", "breach_cause"),
    "the columns of a log that is brought in": ("sys_updated_at",),
    "the picture's template": ("target_y",),
}
"""Fields of dataclasses that nothing reads one by one."""


LISTED = tuple(
    name for reasons in (CALLED_FROM_OUTSIDE, PUBLISHED, WRITTEN_WHOLE) for of in reasons.values() for name in of
)


def unused(root: Path = ROOT, listed: Sequence[str] = LISTED) -> Iterator[Item]:
    """What no product code under the root uses, but for the names that are listed. Unused imports are ruff's."""
    places = [place for pattern in PRODUCT for place in sorted(root.glob(pattern))]
    finder = Vulture(ignore_names=listed, ignore_decorators=REGISTERED)
    finder.scavenge([str(place) for place in places])
    fields = _fields_of_forms([file for place in places for file in sorted(place.rglob("*.py"))])
    for item in finder.get_unused_code():
        if item.typ != "import" and (Path(item.filename), item.first_lineno) not in fields:
            yield item


def _fields_of_forms(files: Iterable[Path]) -> set[tuple[Path, int]]:
    """Where the fields are of what is published or read, which we may only pass on: contracts, pydantic's models."""
    classes = [
        (file, node)
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    models, more = set[str](), {"BaseModel"}
    while more:
        models |= more
        more = {node.name for _, node in classes for base in node.bases if getattr(base, "id", "") in models} - models
    return {
        (file, field.lineno)
        for file, node in classes
        if node.name in models or "contracts" in file.parts
        for field in node.body
        if isinstance(field, ast.AnnAssign)
    }


def main() -> int:
    found = [f"{Path(item.filename).relative_to(ROOT)}:{item.first_lineno}: {item.message}" for item in unused()]
    print(*found, sep="\n", end="\n" if found else "", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
