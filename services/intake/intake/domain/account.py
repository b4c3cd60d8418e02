"""What follows from a command about an account."""

from collections.abc import Iterable

from contracts.addresses import canonical
from contracts.texts import LINE_BYTES, required_text
from intake.domain.commands import ChangeAccount, RegisterAccount
from intake.domain.events import AccountEvent, AccountRegistered, LocaleChanged, TierChanged
from intake.domain.policy import Policy
from intake.domain.providers import is_public
from intake.domain.refusals import AccountExists, AccountUnknown, CalendarUnknown, DomainTaken, PublicDomain
from intake.domain.state import Account, Locale, Nothing, State


def plain(domains: Iterable[str]) -> tuple[str, ...]:
    """Domains of mail addresses as servers write them, sorted. What is none stays as it is: the door refuses it."""
    return tuple(sorted({canonical(domain) for domain in domains} - {""}))


def register(command: RegisterAccount, state: State) -> list[AccountEvent]:
    """Register an account, once. The same again changes nothing."""
    name = required_text(command.name, "name", LINE_BYTES).strip()
    domains = plain(command.domains)
    account = Account(
        account_id=command.account_id,
        name=name,
        tier=command.tier,
        calendar=command.calendar,
        domains=domains,
        locale=command.locale,
    )
    if state == account:
        return []
    if not isinstance(state, Nothing):
        raise AccountExists("Change its tier, agreed calendar, language or zone instead.")
    _agreeable(command.calendar, command.policy)
    if public := [domain for domain in domains if is_public(domain)]:
        raise PublicDomain(f"Leave out {', '.join(public)}: anybody gets an address there.", field="domains")
    if command.taken:
        raise DomainTaken(f"Leave out {', '.join(command.taken)}: an account has it.", field="domains")
    return [
        AccountRegistered(
            account_id=command.account_id,
            name=name,
            tier=command.tier,
            calendar=command.calendar,
            domains=domains,
            language=command.locale.language,
            zone=command.locale.zone,
        )
    ]


def change(command: ChangeAccount, state: State) -> list[AccountEvent]:
    """Change what is said from now on; the account's open tickets follow one by one (P14)."""
    if not isinstance(state, Account):
        raise AccountUnknown("Register it first.")
    return [*_entitlement(command, state), *_locale(command, state)]


def _entitlement(command: ChangeAccount, state: Account) -> list[AccountEvent]:
    tier = command.tier or state.tier
    calendar = command.agreed.calendar if command.agreed else state.calendar
    if (tier, calendar) == (state.tier, state.calendar):
        return []
    if command.agreed:
        _agreeable(calendar, command.policy)
    return [TierChanged(account_id=state.account_id, tier=tier, calendar=calendar)]


def _locale(command: ChangeAccount, state: Account) -> list[AccountEvent]:
    language = command.language.name if command.language else state.locale.language
    zone = command.zone.name if command.zone else state.locale.zone
    if Locale(language, zone) == state.locale:
        return []
    return [LocaleChanged(account_id=state.account_id, language=language, zone=zone)]


def _agreeable(calendar: str | None, policy: Policy) -> None:
    if not policy.knows(calendar):
        there = ", ".join(policy.calendars or ())
        raise CalendarUnknown(f"Name one of {there}, or null for that of the tier.", field="calendar")
