import hashlib
from pathlib import Path

import pytest

from punctual.local import jars, java
from punctual.local.errors import StackUnavailable
from punctual.local.jars import find_jars


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no programs."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return tmp_path


def program(folder: Path, name: str, script: str) -> None:
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


async def test_without_maven_it_says_what_to_install(elsewhere: Path) -> None:
    with pytest.raises(StackUnavailable, match="install Maven"):
        await find_jars(lambda _: None)


async def test_without_a_network_it_repeats_what_maven_said(elsewhere: Path) -> None:
    program(elsewhere, "mvn", "echo '[ERROR] Unknown host'; exit 1")
    with pytest.raises(StackUnavailable, match=r"is there a network\? It said: Unknown host"):
        await find_jars(lambda _: None)
    assert list((elsewhere / "cache" / "punctual").iterdir()) == []


async def test_a_jar_with_another_checksum_is_refused(elsewhere: Path) -> None:
    program(elsewhere, "mvn", 'for a; do f="${a#-DoutputDirectory=}"; done; echo evil >"$f/kafka_2.13-4.3.1.jar"')
    with pytest.raises(StackUnavailable, match="not the ones whose checksums are committed"):
        await find_jars(lambda _: None)
    assert list((elsewhere / "cache" / "punctual").iterdir()) == []


def test_every_committed_checksum_is_one() -> None:
    wanted = jars._checksums()
    assert "kafka_2.13-4.3.1.jar" in wanted
    assert all(len(bytes.fromhex(digest)) == hashlib.sha256().digest_size for digest in wanted.values())


def test_an_old_java_is_not_taken_for_a_new_one(elsewhere: Path) -> None:
    program(elsewhere, "java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2")
    assert java.version_of(java.candidates()[-1]) == 11
