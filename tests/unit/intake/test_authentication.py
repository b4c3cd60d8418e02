"""What the mail server in front says of a sender, by RFC 8601."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail import parse, said_by
from intake.mail.authentication import HEADER_CHARACTERS, NOTHING, Authentication, Result, read

OURS = frozenset({"mx.desk.example"})


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
