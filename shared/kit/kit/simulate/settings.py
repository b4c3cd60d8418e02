"""The settings of simulated services."""

from pydantic import SecretStr

from kit.process.settings import Common

MASTER_KEY = bytes(32)
SECRET = "a secret of the simulation"  # noqa: S105 - nobody relies on it
COMMON = Common.model_construct(
    master_key=MASTER_KEY, token_secret=SecretStr(SECRET), survey_secret=SecretStr(SECRET), feedback_url="https://desk"
)
