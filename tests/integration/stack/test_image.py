"""Commands in a service's image: its own settings are enough for them."""

import secrets
from pathlib import Path

import pytest
from tests.conftest import Factory
from tests.desk import MASTER, SECRET
from tests.image import Image
from tests.stack import Addresses

from contracts.names import SERVICES
from kit.process.settings import prefix_of


@pytest.mark.parametrize(
    ("service", "given"),
    [("intake", "as variables"), ("sla-timer", "as files, beside those of all others"), ("notifier", "as variables")],
)
async def test_what_is_set_aside_can_be_seen_and_redriven_where_only_one_service_is(
    stack: Addresses, database: Factory, tmp_path: Path, service: str, given: str
) -> None:
    dsns = await database(service)
    settings = {
        "PUNCTUAL_MASTER_KEY": MASTER,
        "PUNCTUAL_TOKEN_SECRET": SECRET,
        "PUNCTUAL_SURVEY_SECRET": SECRET,
        prefix_of(service) + "DATABASE_URL": dsns.app,
    }
    env = {"PUNCTUAL_KAFKA": stack.kafka, "PUNCTUAL_HOST": "0.0.0.0"}
    if given == "as variables":
        env |= settings
    else:
        folder = tmp_path / "secrets"
        folder.mkdir()
        others = {f"{prefix_of(name)}DATABASE_URL": f"postgresql://{name}:x@127.0.0.1:1/{name}" for name in SERVICES}
        others |= {
            "PUNCTUAL_ADMIN_DATABASE_URL": "postgresql://127.0.0.1:1/x",
            "POSTGRES_PASSWORD": secrets.token_hex(),
        }
        for name, value in (others | settings).items():
            (folder / name.lower()).write_text(value)
        env["PUNCTUAL_SECRETS_DIR"] = str(folder)
    image = Image(service, tmp_path)
    shown = image.run("parked", "list", service, env=env)
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, f"Nothing is set aside at {service}.\n", "")
    retried = image.run("parked", "retry", service, "5db502f3-5e0b-53ec-a453-78baf1e1b608", env=env)
    assert (retried.returncode, retried.stdout, retried.stderr) == (0, "0 records applied.\n", "")


def test_another_service_s_records_are_not_there_and_it_says_so(tmp_path: Path) -> None:
    said = Image("intake", tmp_path).run("parked", "list", "notifier", env={})
    assert said.returncode == 2
    assert "there is no service 'notifier'; there are: intake" in " ".join(said.stderr.replace("│", " ").split())
