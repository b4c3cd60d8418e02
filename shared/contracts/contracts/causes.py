"""The cause of an event: a fact, or something from outside the desk, such as a request or a mail.

The envelope names it. For older events, whose envelopes don't, `kit.replay.causes` finds it from ids.
"""

from uuid import UUID

import msgspec

from contracts.names import TOPICS

REQUEST = "request"
"""An HTTP request. The id is its command's, which is derived from the Idempotency-Key, if there is one."""
MAIL = "mail"
"""An incoming mail. The id is the key under which intake keeps it."""
TERMINAL = "terminal"
"""An operator's command in a terminal. The id is the policy version that it published."""
SETTINGS = "settings"
"""A service's configuration. The id is the policy version that it published."""
IMPORT = "import"
"""An import of history. The id is that of the command that recorded the fact."""


class Cause(msgspec.Struct, frozen=True):
    """The cause of an event. For a fact, `source` is its topic and `id` its event_id.

    It is a struct, because replay creates one for each event.
    """

    source: str
    id: str

    @property
    def event_id(self) -> UUID | None:
        """The event_id, if the cause is a fact."""
        return UUID(self.id) if self.source in TOPICS else None
