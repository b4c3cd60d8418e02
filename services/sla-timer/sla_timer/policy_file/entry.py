"""What every entry of a policy file may say of itself."""

from pydantic import BaseModel, ConfigDict

from sla_timer.terms.written import Rules


class Entry(BaseModel):
    """Every entry may cite the rule it follows, and says so where it is assumed rather than promised."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Rules = ()
    assumed: bool = False
