"""Accounts: tiers entitled to support (P1), agreed calendars (P14), and tickets that follow."""

from dataclasses import replace

import pytest
from tests.unit.intake.story import (
    ACCOUNT,
    CLOSED,
    OF_ANN,
    OPENED,
    REOPENED,
    RESOLVED,
    RESPONDED,
    TICKET,
    outcome,
    recorded,
    refusal,
    state_after,
)

from contracts.rights import NotAllowed
from contracts.roles import Role
from contracts.tickets import (
    AccountRegistered,
    EntitlementChanged,
    LocaleChanged,
    TicketLocaleChanged,
    Tier,
    TierChanged,
)
from intake.directory import owning
from intake.domain.commands import (
    Agreed,
    ChangeAccount,
    ChangeEntitlement,
    ChangeLocale,
    Close,
    Entitlement,
    Reads,
    RegisterAccount,
)
from intake.domain.policy import Policy
from intake.domain.providers import is_public
from intake.domain.refusals import AccountExists, AccountUnknown, Blank, DomainTaken, PublicDomain
from intake.domain.state import Locale
from intake.react import Terms, react

REGISTERED = AccountRegistered(
    account_id=ACCOUNT, name="Acme", tier="enlist", calendar=None, domains=("acme.example", "acme.test")
)
REGISTER = RegisterAccount(
    account_id=ACCOUNT,
    by="admin",
    name=" Acme ",
    tier="enlist",
    domains=["Acme.Test.", " acme.example", ""],
)
UPGRADED = TierChanged(account_id=ACCOUNT, tier="command", calendar=None)
COMMAND = Entitlement(account_version=2, tier="command", calendar=None)
BERLIN = Locale("de", "Europe/Berlin")
READS = LocaleChanged(account_id=ACCOUNT, language="de", zone="Europe/Berlin")
READ = ChangeLocale(ticket_id=TICKET, by="service", account_version=2, locale=BERLIN)
READ_SO = TicketLocaleChanged(
    ticket_id=TICKET, account_id=ACCOUNT, account_version=2, language="de", zone="Europe/Berlin"
)
FOLLOW = ChangeEntitlement(ticket_id=TICKET, by="service", entitlement=COMMAND)


def test_p1_an_account_has_one_tier_and_its_domains_are_tidied() -> None:
    assert outcome([], REGISTER) == [REGISTERED]


def test_registering_the_same_account_again_is_already_so() -> None:
    assert outcome([REGISTERED], REGISTER) == []


def test_registering_it_with_other_particulars_is_refused() -> None:
    other = RegisterAccount(account_id=ACCOUNT, by="admin", name="Acme", tier="patrol")
    assert isinstance(refusal([REGISTERED], other), AccountExists)


def test_an_account_needs_a_name() -> None:
    assert refusal([], RegisterAccount(account_id=ACCOUNT, by="admin", name=" \u200b", tier="patrol")).field == "name"


def test_domains_are_named_once() -> None:
    twice = RegisterAccount(
        account_id=ACCOUNT, by="admin", name="Acme", tier="enlist", domains=["acme.test", "ACME.TEST"]
    )
    assert outcome([], twice)[0].domains == ("acme.test",)


def test_a_domain_is_kept_as_servers_write_it() -> None:
    (registered,) = outcome([], replace(REGISTER, domains=["Müller.example", "xn--mller-kva.example"]))
    assert registered.domains == ("xn--mller-kva.example",)


@pytest.mark.parametrize("domain", ["gmail.com", "GMX.de.", "mail.yahoo.co.jp", "walla.co.il", "co.uk", "com"])
def test_a_public_mail_provider_s_domain_is_no_account_s(domain: str) -> None:
    refused = refusal([], replace(REGISTER, domains=["acme.example", domain]))
    assert (type(refused), refused.field, refused.status) == (PublicDomain, "domains", 422)
    assert "acme" not in str(refused)
    assert is_public("gmail.com")
    assert not is_public("notgmail.com")


def test_the_nearest_domain_above_an_address_is_asked_for_first() -> None:
    assert owning("Ann@sales.Müller.example") == [
        "sales.xn--mller-kva.example",
        "sales.müller.example",
        "xn--mller-kva.example",
        "müller.example",
    ]
    assert owning("ann@customer.example") == ["customer.example"]
    assert owning("ann@xn--zzzz.example") == ["xn--zzzz.example"]


def test_a_domain_that_another_account_has_is_refused_by_name() -> None:
    refused = refusal([], replace(REGISTER, taken=("acme.test",)))
    assert (type(refused), refused.field) == (DomainTaken, "domains")
    assert "acme.test" in str(refused)


def test_an_account_is_not_registered_by_its_requester() -> None:
    mine = RegisterAccount(account_id=ACCOUNT, by="requester", name="Acme", tier="command")
    assert isinstance(refusal([], mine), NotAllowed)


def test_a_new_tier_keeps_the_agreed_calendar() -> None:
    agreed = TierChanged(account_id=ACCOUNT, tier="enlist", calendar="acme-night")
    change = ChangeAccount(account_id=ACCOUNT, by="account-manager", tier="command")
    assert outcome([REGISTERED, agreed], change) == [
        TierChanged(account_id=ACCOUNT, tier="command", calendar="acme-night")
    ]


def test_p14_a_calendar_is_agreed_and_given_up_again() -> None:
    agree = ChangeAccount(account_id=ACCOUNT, by="account-manager", agreed=Agreed("acme-night"))
    agreed = TierChanged(account_id=ACCOUNT, tier="enlist", calendar="acme-night")
    assert outcome([REGISTERED], agree) == [agreed]
    give_up = ChangeAccount(account_id=ACCOUNT, by="account-manager", agreed=Agreed(None))
    assert outcome([REGISTERED, agreed], give_up) == [TierChanged(account_id=ACCOUNT, tier="enlist", calendar=None)]


@pytest.mark.parametrize("tier", ["enlist", None])
def test_the_same_tier_and_calendar_are_already_so(tier: Tier | None) -> None:
    change = ChangeAccount(account_id=ACCOUNT, by="admin", tier=tier)
    assert outcome([REGISTERED], change) == []


@pytest.mark.parametrize("given", [[], [OPENED]])
def test_the_tier_of_an_unknown_account_cannot_change(given: list[object]) -> None:
    change = ChangeAccount(account_id=ACCOUNT, by="admin", tier="patrol")
    assert isinstance(refusal(given, change), AccountUnknown)


def test_a_changed_tier_is_followed_by_each_open_ticket() -> None:
    assert react(recorded(UPGRADED, version=2), [TICKET]) == [(f"ticket-{TICKET}", FOLLOW)]


def test_imported_history_and_other_facts_move_no_ticket() -> None:
    assert react(recorded(UPGRADED, version=2, imported=True), [TICKET]) == []
    assert react(recorded(REGISTERED, version=1), [TICKET]) == []


def test_p14_a_reopened_ticket_catches_up_with_its_account() -> None:
    terms = Terms(entitlement=COMMAND, locale=BERLIN)
    assert react(recorded(REOPENED, version=9), terms) == [
        (f"ticket-{TICKET}", FOLLOW),
        (f"ticket-{TICKET}", READ),
    ]
    assert react(recorded(REOPENED, version=9), []) == []


def test_p14_an_open_ticket_carries_what_its_clock_needs() -> None:
    assert outcome([OPENED], FOLLOW) == [
        EntitlementChanged(
            ticket_id=TICKET, account_id=ACCOUNT, account_version=2, severity=2, tier="command", calendar=None
        )
    ]


@pytest.mark.parametrize("given", [[OPENED], [OPENED, RESPONDED, RESOLVED]])
def test_a_ticket_that_is_not_closed_follows_its_account(given: list[object]) -> None:
    assert len(outcome(given, FOLLOW)) == 1


def test_a_closed_ticket_follows_no_more() -> None:
    assert outcome([OPENED, RESPONDED, RESOLVED, CLOSED], FOLLOW) == []


def test_following_twice_changes_nothing() -> None:
    assert outcome([OPENED, *outcome([OPENED], FOLLOW)], FOLLOW) == []


def test_a_ticket_opened_after_the_change_does_not_go_back_to_it() -> None:
    patrol = Entitlement(account_version=1, tier="patrol", calendar=None)
    earlier = ChangeEntitlement(ticket_id=TICKET, by="service", entitlement=patrol)
    assert outcome([OPENED], earlier) == []


def test_nobody_but_the_service_itself_moves_a_ticket_s_entitlement() -> None:
    mine = ChangeEntitlement(ticket_id=TICKET, by="engineer", entitlement=COMMAND)
    assert isinstance(refusal([OPENED], mine), NotAllowed)


def test_a_blank_name_says_so() -> None:
    assert Blank.title() == "A text is empty."


def test_an_account_is_changed_by_no_fact_of_a_ticket() -> None:
    assert state_after([REGISTERED, CLOSED]) == state_after([REGISTERED])


KNOWN = Policy(version="one", required=(), calendars=("around-the-clock", "weekdays"))


@pytest.mark.parametrize("calendar", ["offce", "", " weekdays", "Weekdays"])
def test_a_calendar_that_the_policy_in_force_has_not_is_refused_and_those_it_has_are_named(calendar: str) -> None:
    agree = ChangeAccount(account_id=ACCOUNT, by="admin", agreed=Agreed(calendar), policy=KNOWN)
    refused = refusal([REGISTERED], agree)
    assert (refused.slug, refused.status, refused.field) == ("unknown-calendar", 422, "calendar")
    assert "around-the-clock, weekdays" in refused.detail
    assert refusal([], replace(REGISTER, calendar=calendar, policy=KNOWN)).field == "calendar"


def test_what_was_agreed_before_stays_and_may_be_given_up() -> None:
    before = replace(REGISTERED, calendar="night")
    [changed] = outcome([before], ChangeAccount(account_id=ACCOUNT, by="admin", tier="command", policy=KNOWN))
    assert changed.calendar == "night"
    [given_up] = outcome([before], ChangeAccount(account_id=ACCOUNT, by="admin", agreed=Agreed(None), policy=KNOWN))
    assert given_up.calendar is None
    same = ChangeAccount(account_id=ACCOUNT, by="admin", agreed=Agreed("night"), policy=KNOWN)
    assert outcome([before], same) == []


def test_while_no_policy_has_been_heard_of_any_calendar_is_taken() -> None:
    [changed] = outcome([REGISTERED], ChangeAccount(account_id=ACCOUNT, by="admin", agreed=Agreed("night")))
    assert changed.calendar == "night"


def test_an_account_says_in_which_language_and_zone_it_reads() -> None:
    (registered,) = outcome([], replace(REGISTER, locale=BERLIN))
    assert (registered.language, registered.zone) == ("de", "Europe/Berlin")
    assert outcome([registered], replace(REGISTER, locale=BERLIN)) == []
    assert isinstance(refusal([registered], REGISTER), AccountExists)


def test_language_and_zone_change_each_alone_and_together_with_the_tier() -> None:
    change = ChangeAccount(account_id=ACCOUNT, by="account-manager", language=Reads("de"))
    german = replace(READS, zone=None)
    assert outcome([REGISTERED], change) == [german]
    assert outcome([REGISTERED, german], change) == []
    zone = ChangeAccount(account_id=ACCOUNT, by="admin", zone=Reads("Europe/Berlin"))
    assert outcome([REGISTERED, german], zone) == [READS]
    both = replace(zone, tier="command", language=Reads("de"))
    assert outcome([REGISTERED], both) == [UPGRADED, READS]
    back = ChangeAccount(account_id=ACCOUNT, by="admin", language=Reads(None), zone=Reads(None))
    assert outcome([REGISTERED, READS], back) == [replace(READS, language=None, zone=None)]


@pytest.mark.parametrize("role", ["requester", "account-admin", "engineer", "analyst", "vp"])
def test_who_may_not_change_the_tier_may_not_change_the_language(role: Role) -> None:
    change = ChangeAccount(account_id=ACCOUNT, by=role, language=Reads("de"))
    assert isinstance(refusal([REGISTERED], change), NotAllowed)


def test_the_language_is_followed_by_each_open_ticket_and_named_when_it_is_closed() -> None:
    assert react(recorded(READS, version=2), [TICKET]) == [(f"ticket-{TICKET}", READ)]
    assert outcome([OPENED], READ) == [READ_SO]
    assert outcome([OPENED, READ_SO], READ) == []
    withdraw = Close(**OF_ANN, cause="withdrawn")
    (closed,) = outcome([OPENED, READ_SO], withdraw)
    assert (closed.language, closed.zone) == ("de", "Europe/Berlin")
    assert outcome([OPENED], withdraw)[0].language is None


def test_a_ticket_never_goes_back_to_an_earlier_language_and_a_closed_one_waits() -> None:
    later = replace(OPENED, account_version=3, language="fr")
    assert outcome([later], READ) == []
    assert outcome([OPENED, RESPONDED, RESOLVED, CLOSED], READ) == []
    assert outcome([OPENED, RESPONDED, RESOLVED, CLOSED, REOPENED], READ) == [READ_SO]


def test_a_new_tier_does_not_keep_a_ticket_from_following_the_language() -> None:
    followed = outcome([OPENED], replace(FOLLOW, entitlement=replace(COMMAND, account_version=3)))
    assert outcome([OPENED, *followed], READ) == [READ_SO]
