"""What an event came of: a fact, or what reached the desk from outside.

An event names its cause since the envelope has room for it; of an older one `kit.replay.causes` works it out from ids.
"""

from uuid import UUID

import msgspec

from contracts.names import TOPICS

REQUEST = "request"
"""Over HTTP. Its id: that of its command, which follows from the Idempotency-Key where there is one."""
MAIL = "mail"
"""One that came in. Its id: the key under which intake keeps it."""
TERMINAL = "terminal"
"""An operator's command. Its id: the policy version that it published."""
SETTINGS = "settings"
"""What a service was configured with. Its id: the policy version that was published for it."""
IMPORT = "import"
"""History brought in from elsewhere. Its id: that of the command that recorded the fact."""


class Cause(msgspec.Struct, frozen=True):
    """What an event came of. Of a fact `source` is its topic and `id` its event_id.

    A struct, for replay makes one of each event.
    """

    source: str
    id: str

    @property
    def event_id(self) -> UUID | None:
        """The fact's; None: it is none."""
        return UUID(self.id) if self.source in TOPICS else None
