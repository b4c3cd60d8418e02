"""What must be true of personal data."""

from collections.abc import Iterable

from tests.simulation.ending import Ending

from contracts.base import ERASED, kind_of
from contracts.sealing import PREFIX
from kit.personal.vault import subjects_of


def words_are_sealed(ending: Ending) -> Iterable[str]:
    """No word of a person is in any log in the clear."""
    for topic, facts in ending.sealed.items():
        for fact in facts:
            for field in kind_of(fact.event).personal:
                text = getattr(fact.event, field)
                if not (text is None or text == ERASED or text.startswith(PREFIX)):
                    yield f"{topic}: {field} of {type(fact.event).__name__} {fact.event_id} is in the clear"


def keys_come_with_words(ending: Ending) -> Iterable[str]:
    """Where the broker has an event, it has the key of its words."""
    for topic, facts in ending.sealed.items():
        unrelayed = next(store for store in ending.world.stores.values() if store.topic == topic).tables.unrelayed
        for fact in facts if unrelayed else ():
            if of := unrelayed.intersection(subjects_of(fact.event)):
                yield f"{topic}: {type(fact.event).__name__} {fact.event_id} is there, the key of {of} is not"


def only_the_erased_are_forgotten(ending: Ending) -> Iterable[str]:
    """Everybody's words can be read, but those of whom nobody has a key any more: an event stays, without them."""
    erased = ending.desk.erasures.erased
    for name, store in ending.world.stores.items():
        yield from (f"{name} has a key of {subject} again" for subject in sorted(erased & store.tables.keys.keys()))
    for topic, facts in ending.logs.items():
        for fact in facts:
            for field, of in kind_of(fact.event).personal.items():
                text, subject = getattr(fact.event, field), getattr(fact.event, of)
                if text is None or (text == ERASED and subject in erased):
                    continue
                if text == ERASED or subject in erased or text.startswith(PREFIX):
                    says = "is lost" if text == ERASED else "can still be read" if subject in erased else "is locked"
                    yield f"{topic}: {field} of {type(fact.event).__name__}, about {subject}, {says}"
