"""The table of settings that operators read has every setting, with what it is otherwise."""

import re
import socket
from importlib.metadata import entry_points
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from kit.process.settings import Common, prefix_of
from punctual.local.databases import SERVICES

README = Path(__file__).parents[3] / "deploy" / "README.md"
ROW = re.compile(r"^\| `(PUNCTUAL_\w+)` \| (.*?) ?\| (.*?) ?\|$", re.MULTILINE)


def known() -> dict[str, FieldInfo]:
    """All settings by variable."""
    published = {point.name: point for point in entry_points(group="punctual.services")}
    found = {f"PUNCTUAL_{name.upper()}": field for name, field in Common.model_fields.items()}
    for service in SERVICES:
        fields = published[service].load().settings.model_fields
        found |= {prefix_of(service) + name.upper(): field for name, field in fields.items()}
    return found


def otherwise(field: FieldInfo) -> str:
    """What the table says."""
    if field.is_required():
        return "required"
    if field.default_factory is socket.gethostname:
        return "the host's name"
    if isinstance(field.default, bool):
        return f"`{field.default}`".lower()
    return f"`{field.default}`" if field.default not in (None, "") else ""


def test_the_table_has_each_setting_with_what_it_is_otherwise() -> None:
    written = {name: default for name, default, _ in ROW.findall(README.read_text())}
    assert written == {name: otherwise(field) for name, field in known().items()}


def test_the_table_says_which_of_them_are_secret() -> None:
    told = {name for name, _, what in ROW.findall(README.read_text()) if "**secret**" in what.lower()}
    secret = {name for name, field in known().items() if field.annotation is SecretStr or field.repr is False}
    assert secret <= told
    assert "PUNCTUAL_MASTER_KEY" in told
