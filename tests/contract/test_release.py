"""What the changelog calls the newest release is the version of all that is released together."""

import re
import tomllib

from tests.contract.naming import ROOT

RELEASE = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", re.MULTILINE)


def test_every_member_has_the_version_of_the_newest_release_in_the_changelog() -> None:
    (newest, _), *_ = RELEASE.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    files = [ROOT / "pyproject.toml", *ROOT.glob("s*/*/pyproject.toml")]
    assert len(files) > 5
    versions = {str(file.relative_to(ROOT)): tomllib.loads(file.read_text())["project"]["version"] for file in files}
    assert versions == dict.fromkeys(versions, newest)


def test_releases_are_listed_from_the_newest_on_below_what_is_not_released() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert [f"[{version}] - {date}" for version, date in RELEASE.findall(text)] == headings[1:]
    dates = [date for _, date in RELEASE.findall(text)]
    assert dates == sorted(dates, reverse=True)
