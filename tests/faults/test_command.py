"""What `make faults` is asked for."""

import pytest
from tests.faults.__main__ import asked, parser
from tests.faults.days import DAYS


def names(*words: str) -> list[str]:
    return list(asked(parser().parse_args(words)))


def test_all_is_played_if_nothing_is_named() -> None:
    assert names() == ["50 kills", "10 lost replicas", *DAYS]
    assert names("--seed", "7") == names()


def test_only_what_is_named_is_played() -> None:
    assert names("--rounds", "0", "--lost", "3") == ["3 lost replicas"]
    assert names("--rounds", "5") == ["5 kills"]
    assert names("--days", "mail-away", "full-disk") == ["mail-away", "full-disk"]
    assert names("--days") == list(DAYS)


def test_a_day_that_there_is_not_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        names("--days", "holiday")
    assert "'holiday'" in capsys.readouterr().err
