"""Promises beyond a first answer, and pauses, in policy files: read, refused, and compared in words (P24, P25)."""

from datetime import timedelta

import pytest
from tests.unit.sla_timer.story import DEFAULT, MORE, PAUSING, TODAY, VENDOR, with_further

from contracts.policy import read
from sla_timer.policy import file as policy_file
from sla_timer.policy.diff import policy_changes
from sla_timer.policy.file import PolicyRefused
from sla_timer.policy.promise import FURTHER_KINDS

FULL = with_further(DEFAULT, pauses=True)


def loaded(text: str) -> policy_file.Document:
    return policy_file.load(text, name="policy.yaml", today=TODAY)


def refused(old: str, new: str) -> list[str]:
    assert FULL.count(old) == 1
    with pytest.raises(PolicyRefused) as refusal:
        loaded(FULL.replace(old, new))
    return str(refusal.value).splitlines()


def sentences(before: str, after: str) -> list[str]:
    was, now = (read(loaded(text).resolved) for text in (before, after))
    return [each.text for each in policy_changes(was, now, today=TODAY)]


def test_the_shipped_policy_promises_a_first_answer_alone_and_pauses_nothing() -> None:
    assert (VENDOR.further, VENDOR.pausing) == (frozenset(), frozenset())
    assert not any("pauses" in entry for entry in loaded(DEFAULT).resolved["metrics"].values())


def test_what_the_shipped_file_shows_as_it_could_be_is_a_good_policy() -> None:
    shown = DEFAULT.split("  #\n", 1)[1].split("\n\n", 1)[0]
    text = DEFAULT.replace(shown, "\n".join(line.replace("  # ", "  ", 1) for line in shown.splitlines()))
    assert set(loaded(text).resolved["metrics"]) == {"response", "objective", *FURTHER_KINDS}


def test_further_metrics_have_targets_for_the_severities_that_they_name() -> None:
    policy = MORE.current
    assert {kind: sorted(policy.promised(kind)) for kind in FURTHER_KINDS} == {
        "next-reply": [1, 2],
        "update": [1, 2],
        "resolution": [1, 2, 3],
    }
    promise = policy.promise("resolution", 2)
    assert promise
    assert (promise.metric, promise.target, promise.warnings) == ("resolution", timedelta(hours=8), (50, 90))
    assert policy.promise("resolution", 4) is None


def test_pausing_is_said_of_each_metric() -> None:
    assert PAUSING.pausing == {"response", *FURTHER_KINDS}
    none = loaded(FULL.replace("pauses: [waiting-for-requester]", "pauses: []"))
    assert none.version == loaded(with_further(DEFAULT, pauses=False)).version


def test_an_unknown_metric_or_reason_to_pause_is_refused_where_it_stands() -> None:
    line = FULL[: FULL.index("  update:")].count("\n") + 1
    [said] = refused("  update: {", "  updates: {")
    assert said == f"policy.yaml, line {line}: metrics.updates: unknown key; did you mean 'update'?"
    whole = "update: {counts: support, targets: {1: {within: 1h}, 2: {within: 4h}}, pauses: [waiting-for-requester]}"
    [said] = refused(whole, whole.replace("waiting-for-requester", "lunch"))
    assert said.startswith(f"policy.yaml, line {line}: metrics.update.pauses.0: ")
    assert "'waiting-for-requester'" in said


def test_the_two_forms_of_a_first_answer_pause_alike() -> None:
    [said] = refused("    pauses: [waiting-for-requester]\n    counts: elapsed", "    counts: elapsed")
    assert "response and objective are one clock in two forms; let both pause, or neither" in said


def test_a_change_of_further_promises_is_told_in_words() -> None:
    added = sentences(DEFAULT, with_further(DEFAULT, pauses=False))
    assert added[0] == (
        "Severity 1, every tier: the next reply within 30m of support hours instead of no promise of the next reply."
    )
    assert len(added) == 7
    plain = with_further(DEFAULT, pauses=False)
    assert sentences(plain, plain.replace("2: {within: 8h}", "2: {within: 9h}")) == [
        "Severity 2, every tier: a resolution within 9h of support hours instead of 8h."
    ]
    assert sentences(plain, plain.replace("warnings: [50, 90]", "warnings: [90]")) == [
        "Severities 1, 2 and 3, every tier: warnings at 90 % instead of warnings at 50 % and 90 % for a resolution."
    ]


def test_a_change_of_pauses_is_told_in_words() -> None:
    assert sentences(with_further(DEFAULT, pauses=False), FULL) == [
        "While a ticket waits for its requester, the clock for an answer stands still.",
        "While a ticket waits for its requester, the clock for the next reply stands still.",
        "While a ticket waits for its requester, the clock for a resolution stands still.",
        "While a ticket waits for its requester, the clock for an update stands still.",
    ]
    back = FULL.replace("3: {within: 16h}}, pauses: [waiting-for-requester]", "3: {within: 16h}}")
    assert sentences(FULL, back) == ["While a ticket waits for its requester, the clock for a resolution runs on."]


def test_a_ladder_may_count_in_support_hours() -> None:
    text = DEFAULT.replace("    rungs:\n", "    counts: support\n    rungs:\n")
    assert loaded(text).resolved["ladders"]["breach"]["counts"] == "support"
    assert "counts" not in loaded(DEFAULT).resolved["ladders"]["breach"]
    assert sentences(DEFAULT, text) == ["After a breach the delays count in support hours instead of elapsed time."]
