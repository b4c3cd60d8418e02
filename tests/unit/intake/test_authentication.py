"""What the mail server in front says of a sender, by RFC 8601."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from intake.mail import parse, said_by
from intake.mail.authentication import HEADER_CHARACTERS, NOTHING, Authentication, Result, read

OURS = frozenset({"mx.desk.example"})
EVE = "eve@desk.example"


def results(value: str) -> list[tuple[str, str]]:
    return [(one.method, one.found) for header in read([value]) for one in header.results]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("mx.desk.example; dmarc=fail (p=none dis=none) header.from=acme.example", [("dmarc", "fail")]),
        (
            "mx.desk.example 1; SPF=Pass smtp.mailfrom=acme.example;\r\n\tDMARC = FAIL",
            [("spf", "pass"), ("dmarc", "fail")],
        ),
        ("mx.desk.example (v=1; dmarc=fail); dkim/1=pass", [("dkim", "pass")]),
        ('mx.desk.example; dkim=fail reason="bad; dmarc=fail" header.d=x.example', [("dkim", "fail")]),
        (
            "mx.desk.example; dkim=pass (a (nested \\) one); dmarc=fail) header.d=x; spf=none",
            [("dkim", "pass"), ("spf", "none")],
        ),
        ('mx.desk.example; dkim=pass header.b="a\\"b;c"; spf=softfail', [("dkim", "pass"), ("spf", "softfail")]),
        ("mx.desk.example; dkim=pass header.b=AbC=; spf=neutral", [("dkim", "pass"), ("spf", "neutral")]),
        ('"mx.desk.example"; arc=none', [("arc", "none")]),
        ("mx.desk.example; none", []),
        ("mx.desk.example; ; =pass; dmarc=", []),
        ("mx.desk.example; dmarc=fail (that never ends", []),
        ('mx.desk.example; dmarc=fail reason="that never ends', []),
        (
            'mx.desk.example; spf=pass (of "a(b"@x.example) smtp.mailfrom="a(b"@x.example; dkim=pass',
            [("spf", "pass"), ("dkim", "pass")],
        ),
        ("mx.desk.example; spf=pass smtp.mailfrom=a(b@x.example; dkim=pass", [("spf", "pass"), ("dkim", "pass")]),
        ("mx.desk.example; dkim=pass(2048-bit key); spf=none", [("dkim", "pass"), ("spf", "none")]),
        ("dmarc=fail header.from=acme.example", []),
        ("", []),
        ("x" * (HEADER_CHARACTERS + 1), []),
    ],
)
def test_what_each_method_found_is_read(value: str, found: list[tuple[str, str]]) -> None:
    assert results(value) == found


def test_properties_are_read_with_white_space_around_their_dots() -> None:
    value = 'MX.desk.example; dkim=pass header . D = x.example (c) header.i="a b"@x.example header.d=later.example'
    properties = {"header.d": "x.example", "header.i": "a b@x.example"}
    assert read([value]) == (Authentication("mx.desk.example", (Result("dkim", "pass", properties),)),)


@given(st.text(alphabet='ax.;="()\\ \r\n/@'))
def test_whatever_the_header_says_nothing_is_raised(value: str) -> None:
    assert len(read([value])) <= 1


@given(st.text(), st.text())
def test_whatever_it_names_it_vouches_for_nobody_else(domain: str, sender: str) -> None:
    assume("never.example" not in domain)
    quoted = domain.replace("\\", "\\\\").replace('"', '\\"')
    said = said_by(OURS, read([f'mx.desk.example; dkim=pass header.d="{quoted}"']))
    assert not said.vouches_for(f"{sender}@never.example")


def test_only_the_topmost_header_of_a_listed_server_counts() -> None:
    head = (
        "Authentication-Results: other.example; dmarc=fail\n"
        "Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example\n"
        "Authentication-Results: MX.desk.example; dmarc=fail\n"
        "From: ann@acme.example\n\nHello"
    )
    every = parse(head.encode()).authentication
    assert [one.server for one in every] == ["other.example", "mx.desk.example", "mx.desk.example"]
    assert not said_by(OURS, every).fails_dmarc()
    assert said_by({"other.example"}, every).fails_dmarc()
    assert said_by((), every) == said_by({"third.example"}, every) == NOTHING


@pytest.mark.parametrize(
    ("said", "vouches"),
    [
        ("dkim=pass header.d=desk.example", True),
        ("dkim=pass header.i=@mail.desk.example", True),
        ("dkim=fail header.d=desk.example; dkim=pass header.d=DESK.example", True),
        ("spf=pass smtp.mailfrom=eve@desk.example", True),
        ("spf=pass smtp.mailfrom=bounces.desk.example", True),
        ("dmarc=pass (p=reject) header.from=desk.example", True),
        ("dkim=pass(2048-bit key; secure) header.d=desk.example (a comment)", True),
        ("spf=pass(domain of x designates 1.2.3.4)smtp.mailfrom=eve@desk.example;dkim=none", True),
        ("dkim=pass header.d=example", False),
        ("dkim=pass header.d=notdesk.example", False),
        ("dkim=pass header.d=desk.example.evil.example", False),
        ("spf=pass smtp.mailfrom=evil.example", False),
        ("spf=pass smtp.helo=desk.example", False),
        ("spf=softfail smtp.mailfrom=desk.example", False),
        ("iprev=pass header.d=desk.example", False),
        ("dkim=pass", False),
        ("dkim=pass header.d=desk.example; dmarc=fail header.from=desk.example", False),
        ("none", False),
    ],
)
def test_a_server_vouches_for_a_sender_by_a_pass_for_the_same_domain(said: str, vouches: bool) -> None:
    assert said_by(OURS, read([f"mx.desk.example; {said}"])).vouches_for(EVE) == vouches


@pytest.mark.parametrize(
    "said",
    [
        'spf=pass (domain of "a(b"@evil.example designates 1.2.3.4) smtp.mailfrom="a(b"@evil.example; dmarc=fail',
        "spf=pass smtp.mailfrom=a(b@evil.example; dmarc=fail header.from=desk.example",
        "spf=pass smtp.mailfrom=a)(b@evil.example; dmarc=fail header.from=desk.example",
        "spf=pass smtp.mailfrom=((@evil.example (x); dmarc=fail header.from=desk.example",
        "spf=pass smtp.mailfrom=(x@evil.example; dmarc=fail header.from=desk.example; iprev=pass smtp.helo=y)",
        'spf=pass smtp.mailfrom=a"b@evil.example; DMARC = fail header.from=desk.example; iprev=pass smtp.helo="y',
        "spf=pass (that never ends; dmarc=pass header.from=desk.example",
        'dmarc=pass header.from=desk.example; spf=pass smtp.mailfrom="never ends',
        f"dmarc=pass header.from=desk.example; spf=pass smtp.mailfrom={'x' * HEADER_CHARACTERS}",
        f"spf=pass smtp.mailfrom={'x' * HEADER_CHARACTERS}; dmarc=fail",
    ],
)
@pytest.mark.parametrize("server", ["mx.desk.example;", "  MX.desk.example ;", '"mx.desk.example" 1;'])
def test_what_can_not_be_read_of_the_server_s_own_header_is_not_believed(server: str, said: str) -> None:
    below = "mx.desk.example; dmarc=pass header.from=desk.example"
    found = said_by(OURS, read([f"{server} {said}", below]))
    assert found.fails_dmarc()
    assert not found.vouches_for(EVE)


@pytest.mark.parametrize(
    "local",
    [
        "a) dmarc=pass header.from=desk.example (b",
        "a); dmarc=pass header.from=desk.example (b",
        "a) smtp.mailfrom=eve@desk.example (b",
    ],
)
def test_an_address_in_the_header_vouches_for_nobody(local: str) -> None:
    said = f'mx.desk.example; spf=pass (domain of "{local}"@evil.example is fine) smtp.mailfrom="{local}"@evil.example'
    assert not said_by(OURS, read([said])).vouches_for(EVE)


def test_odd_addresses_are_no_harm_to_those_who_have_them() -> None:
    odd = '"a(b"@desk.example'
    said = (
        f"mx.desk.example; spf=pass (domain of {odd} is fine) smtp.mailfrom={odd}; dmarc=pass header.from=desk.example"
    )
    found = said_by(OURS, read([said]))
    assert not found.fails_dmarc()
    assert found.vouches_for(EVE)


@pytest.mark.parametrize(
    ("head", "one"),
    [
        ("From: Eve <eve@desk.example>", True),
        ("From: eve@desk.example, mallory@evil.example", False),
        ("From: eve@desk.example\nFrom: mallory@evil.example", False),
        ("From: eve@desk.example <mallory@evil.example>", False),
        ("Sender: eve@desk.example", False),
    ],
)
def test_a_mail_has_one_author_only_if_from_names_one(head: str, one: bool) -> None:
    assert parse(f"{head}\n\nHello".encode()).one_author == one
