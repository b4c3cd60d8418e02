import base64
from pathlib import Path

from punctual.local.places import Home
from punctual.local.secrets_file import load_secrets


def test_secrets_are_drawn_once_and_only_the_owner_may_read_them(tmp_path: Path) -> None:
    home = Home(tmp_path)
    drawn = load_secrets(home)
    assert load_secrets(home) == drawn
    assert home.secrets.stat().st_mode & 0o777 == 0o600
    assert len(base64.b64decode(drawn["PUNCTUAL_MASTER_KEY"])) == 32


def test_a_secret_that_is_missing_is_added_and_the_others_stay(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.secrets.write_text("PUNCTUAL_TOKEN_SECRET=mine\n")
    assert load_secrets(home)["PUNCTUAL_TOKEN_SECRET"] == "mine"
    assert load_secrets(home)["PUNCTUAL_MASTER_KEY"]
