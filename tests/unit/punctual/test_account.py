from pathlib import Path

import pytest

from punctual.local import account
from punctual.local.places import Home


@pytest.fixture(autouse=True)
def as_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "VAR", tmp_path / "var")
    monkeypatch.setattr(account, "is_root", lambda: True)
    monkeypatch.setattr("os.chown", lambda *_: None)


def home_at(path: Path) -> Home:
    return Home(path).make()


def test_data_of_a_home_that_is_gone_are_removed_and_others_stay(tmp_path: Path) -> None:
    kept, _ = account.storage(home_at(tmp_path / "kept"))
    gone, _ = account.storage(home_at(tmp_path / "gone"))
    (tmp_path / "gone" / "postgres").unlink()
    account.storage(home_at(tmp_path / "new"))
    assert kept.is_dir()
    assert not gone.exists()


def test_a_home_that_was_removed_and_made_again_begins_anew(tmp_path: Path) -> None:
    home = home_at(tmp_path / "home")
    place, _ = account.storage(home)
    (place / "data" / "PG_VERSION").write_text("15")
    home.postgres.unlink()
    again, _ = account.storage(home)
    assert again == place
    assert not (again / "data" / "PG_VERSION").exists()


def test_a_home_on_a_disk_that_is_not_mounted_keeps_its_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "elsewhere"))
    away, _ = account.storage(home_at(tmp_path / "away"))
    (tmp_path / "away" / "postgres").unlink()
    account.storage(home_at(tmp_path / "new"))
    assert away.is_dir()
