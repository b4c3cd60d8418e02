"""What must be true of feedback that comes by mail: each mail is said once, to whom it belongs."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from tests.simulation.ending import Ending
from tests.simulation.mail_door import Posted

from contracts.envelope import Fact
from contracts.feedback import FeedbackAddedTo, FeedbackReceived
from contracts.names import FEEDBACK, TICKETS
from contracts.tickets import FeedbackMailReceived, MessageMarked

SAID = FeedbackReceived | FeedbackAddedTo


def _received(ending: Ending) -> dict[str, Fact]:
    """By the mail's key, the mails that the mail door passed on."""
    return {fact.event.mail: fact for fact in ending.logs[TICKETS] if isinstance(fact.event, FeedbackMailReceived)}


def _said(ending: Ending) -> dict[str, list[Fact]]:
    """By their cause, the words that feedback recorded."""
    said: dict[str, list[Fact]] = defaultdict(list)
    for fact in ending.logs[FEEDBACK]:
        if isinstance(fact.event, SAID) and fact.meta.cause and fact.meta.cause.source == TICKETS:
            said[fact.meta.cause.id].append(fact)
    return said


def each_is_said_once_where_it_belongs(ending: Ending) -> Iterable[str]:
    """None is lost, none is taken twice, and the words of strangers are a matter of their own."""
    received, said = _received(ending), _said(ending)
    for mail in ending.desk.door.posted:
        if mail.fate != "feedback" or (passed_on := received.get(mail.key)) is None:
            continue
        at = [fact.event.feedback_id for fact in said[str(passed_on.event_id)]]
        erased = passed_on.event.subject_id in ending.desk.erasures.erased
        if not (at == [mail.ticket] or (erased and not at) or (at == [mail.feedback_id] and _is_bereft(ending, mail))):
            yield f"mail {mail.key} from {mail.sender} belongs to feedback {mail.ticket}, and is said in {at}"


def _is_bereft(ending: Ending, mail: Posted) -> bool:
    """Whether nobody can know any more where the mail belongs: whoever began that was erased, or their mail was lost
    with the database before it was in the log."""
    first = next((one for one in ending.desk.door.posted if one.feedback_id == mail.ticket), None)
    if first is None:
        return False
    began = _received(ending).get(first.key)
    row = ending.world.stores["intake"].tables.models.get("mails", {}).get((first.key,))
    subject = began.event.subject_id if began else row["subject_id"] if row else None
    lost = began is None and (first.key,) in ending.world.restores.gone["mails"]
    return lost or subject in ending.desk.erasures.erased


def nobody_else_is_heard(ending: Ending) -> Iterable[str]:
    """What is said to have come by mail did, or staff marked it on a ticket."""
    received = {str(fact.event_id) for fact in _received(ending).values()}
    received |= {str(fact.event_id) for fact in ending.logs[TICKETS] if isinstance(fact.event, MessageMarked)}
    for cause, facts in _said(ending).items():
        if cause not in received:
            yield f"{facts[0].stream}: {type(facts[0].event).__name__} because of {cause}, no mail and not marked"


def every_feedback_has_its_own_number(ending: Ending) -> Iterable[str]:
    """P7, for feedback."""
    numbers: Counter[str] = Counter()
    for fact in ending.logs[FEEDBACK]:
        if isinstance(fact.event, FeedbackReceived):
            numbers[fact.event.number] += 1
    yield from (f"{n} matters have the number {number}" for number, n in numbers.items() if n > 1)
