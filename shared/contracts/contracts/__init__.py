"""The published language: events, their schemas, and the wire.

Importing the package registers every event class.
"""

from contracts import complaints as complaints
from contracts import escalations as escalations
from contracts import feedback as feedback
from contracts import notifications as notifications
from contracts import sla as sla
from contracts import tickets as tickets
