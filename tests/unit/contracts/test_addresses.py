"""Which addresses a mail can be written to, as they are."""

import pytest

from contracts.addresses import check_address, is_address


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
