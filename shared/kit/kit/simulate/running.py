"""A service in a simulated process, as its own parts see it: what `kit.running` is in a real one."""

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, cast

from pydantic import SecretStr

from kit.http import Desk
from kit.service import Service
from kit.settings import Common
from kit.simulate.clock import SimulatedClock
from kit.simulate.store import SimulatedStore
from kit.wiring import Tempo, Wired

if TYPE_CHECKING:
    from kit.running import Running
    from kit.simulate.bus import Connection

MASTER_KEY = bytes(32)
SECRET = "a secret of the simulation"  # noqa: S105 - nobody relies on it
COMMON = Common.model_construct(
    master_key=MASTER_KEY, token_secret=SecretStr(SECRET), survey_secret=SecretStr(SECRET), feedback_url="https://desk"
)


class SimulatedRunning(Wired):
    """Without HTTP: whoever asks, asks the writer."""

    store: SimulatedStore

    def __init__(
        self,
        service: Service,
        own: dict[str, Any],
        store: SimulatedStore,
        connection: "Connection",
        clock: SimulatedClock,
        tempo: Tempo,
        replica: str,
    ) -> None:
        settings = service.settings.model_construct(database_url="", port=0, **own)
        super().__init__(
            service, settings, store, connection, clock, master_key=MASTER_KEY, replica=replica, tempo=tempo
        )
        self.common = COMMON
        self.desk = Desk(cast(Any, store), self.core, self.writer, clock, cast(Any, None))

    def finishing(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What has work in hand, and ends by itself after `stop`."""
        return [*super().finishing(), *(part(self._as_running) for part in self.service.finishing)]

    def lasting(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What runs until it is cancelled."""
        return [*super().lasting(), *(part(self._as_running) for part in self.service.parts)]

    @property
    def _as_running(self) -> "Running":
        return cast("Running", self)
