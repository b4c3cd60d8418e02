"""Which addresses a mail can be written to, as they are."""

import pytest

from contracts.addresses import ascii_domain, canonical, check_address, check_domain, is_address, same_address


@pytest.mark.parametrize("text", ["ann@customer.example", "o'neill+desk@customer.example", "anna@müller.example"])
def test_an_address_is_taken_as_it_is(text: str) -> None:
    assert check_address(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "@customer.example",
        "ann@",
        "ann@one@two.example",
        "Ann <ann@customer.example>",
        "ann@customer.example, eve@elsewhere.example",
        "ann@customer.example\nBcc: eve@elsewhere.example",
        '"ann"@customer.example',
        "=?utf-8?q?a=40evil.example=2C?=@customer.example",
    ],
)
def test_what_is_none_or_would_be_read_as_another_is_refused(text: str) -> None:
    assert not is_address(text)
    with pytest.raises(ValueError, match="is no mail address"):
        check_address(text)


@pytest.mark.parametrize(
    ("written", "ascii"),
    [
        ("Customer.Example.", "customer.example"),
        ("müller.example", "xn--mller-kva.example"),
        ("XN--MLLER-KVA.example", "xn--mller-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("strasse.example", "strasse.example"),
        ("日本。example", "xn--wgv71a.example"),
        ("a_b.example", "a_b.example"),
    ],
)
def test_a_domain_has_one_spelling(written: str, ascii: str) -> None:
    assert ascii_domain(written) == check_domain(written) == ascii


@pytest.mark.parametrize("written", ["", "a..example", "é" * 70 + ".example", "b" * 64 + ".example", "\u0301.example"])
def test_what_no_domain_can_be_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is no domain"):
        check_domain(written)


def test_one_person_s_address_may_be_written_in_several_ways() -> None:
    assert same_address("Ann@Müller.example", "ann@xn--mller-kva.example")
    assert same_address("rene\u0301@customer.example", "ren\u00e9@customer.example")
    assert not same_address("ann@straße.example", "ann@strasse.example")
    assert canonical("Ann@a..example") == "ann@a..example"
