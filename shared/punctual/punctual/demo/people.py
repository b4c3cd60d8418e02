"""The demo's customers and people, and the words they use. All are invented; the incidents are real."""

from collections.abc import Mapping

from punctual.demo.actions import Account, Form, Way
from punctual.demo.sample import Incident

ACCOUNTS = (
    Account("Harbour Bakeries", "enlist", "harbour-bakeries.example"),
    Account("Kestrel Rail", "patrol", "kestrel-rail.example"),
    Account("Lumen Clinics", "command", "lumen-clinics.example"),
    Account("Tern Architects", "assessment", "tern-architects.example"),
)
"""One of each tier."""
PEOPLE = (
    *("Ada", "Bruno", "Carla", "Dmitri", "Esra", "Farid", "Greta", "Hugo", "Ines", "Jamal"),
    *("Kaja", "Luis", "Mina", "Nils", "Olga", "Paulo"),
)
ENGINEERS = ("eve", "omar", "sofia", "tariq")
MAILS: Mapping[str, Form] = {
    "INC0000978": "plain",
    "INC0001023": "multipart",
    "INC0001045": "twice",
    "INC0001111": "attachment",
    "INC0001249": "multipart",
    "INC0001313": "plain",
    "INC0001496": "attachment",
}
"""Incidents that come by mail."""
CHATS = frozenset({"INC0001126", "INC0001315"})
LACKING: Mapping[str, tuple[str, ...]] = {
    "INC0000978": ("product_version",),
    "INC0001011": ("os", "os_version"),
    "INC0001188": ("product_version",),
    "INC0001249": ("product_version", "os_version"),
}
"""What is missing at first: no clock runs until it comes (P12)."""
WITHDRAWN = frozenset({"INC0001477"})
ACKNOWLEDGED: Mapping[str, str] = {
    "INC0000974": "vp",
    "INC0001011": "support-manager",
    "INC0001022": "vp",
    "INC0001133": "support-manager",
    "INC0001445": "vp",
    "INC0001522": "support-manager",
}
"""Who takes on which escalation; nobody takes on the others."""
RATINGS = (5, 4, None, 5, 3, 5, 2, 4, None, 5)
COMMENTS = {
    1: "Nobody called for hours.",
    2: "It came back an hour after it was closed.",
    3: "Solved, but it took long.",
    4: "Good. A word in between would have been nice.",
    5: "Quick, and to the point. Danke schön!",
}
LOOKING = "I have looked at your request and am assessing how severe it is; more will follow."
ASSESSED = "Assessed with the requester: this is how many people it affects."
PLAN = (
    "I could reproduce it. Plan: I compare the settings with those before the update, switch the affected part back "
    "by noon, and report to you what we found; meanwhile the workaround in the manual, page 12, holds."
)
QUESTION = "Does it still happen after signing in again? Please send the time at which you saw it last."
INCOMPLETE = "The version named does not exist; please look it up under Help, About."
REPLY = "Yes, just now again, with both accounts. The last time was a minute ago."
RESOLUTION = "The cause was a setting that the last update had reset. It is set again, and the update is corrected."
AGAIN = "This afternoon it is back, exactly as before."


def account_of(incident: Incident) -> Account:
    """A customer for each incident, by the incident's number."""
    return ACCOUNTS[int(incident.name.removeprefix("INC")) % len(ACCOUNTS)]


def way_of(incident: Incident) -> Way:
    """By mail, chat or portal."""
    if incident.name in MAILS:
        return "email"
    return "chat" if incident.name in CHATS else "portal"
