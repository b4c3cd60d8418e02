"""The report, for people and for programs."""

from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table

from punctual.servicenow import AUTHORS
from punctual.servicenow.compare import EXAMPLES_SHOWN, Measure, Report

STATES = ("met", "breached", "missed", "running", "waiting")
TITLES = {"closing": "Closed within what the desk promised", "response": "First answer, had it been promised"}


def as_json(report: Report, policies: dict[str, str]) -> dict[str, Any]:
    """All of it. `policies`: the file that each measure was judged by."""
    return {
        "source": AUTHORS,
        "incidents": report.incidents,
        "rows": report.rows,
        "made_sla": {"true": report.made, "false": report.incidents - report.made},
        "undefined_states": dict(report.undefined),
        **{
            name: {"policy": policies[name], **_measure(measure)}
            for name, measure in (("closing", report.closing), ("response", report.response))
        },
    }


def ignored(undefined: Counter[str]) -> str:
    """A sentence on the rows that were ignored, with their most frequent states."""
    named = ", ".join(f"{state!r} ({rows:,})" for state, rows in undefined.most_common(EXAMPLES_SHOWN))
    return f"{undefined.total():,} rows have a state that the log doesn't define, and change nothing: {named}."


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "agree": measure.both_kept + measure.both_broken,
        "both_kept": measure.both_kept,
        "both_broken": measure.both_broken,
        "only_we_say_broken": measure.only_we_broken,
        "only_the_log_says_broken": measure.only_log_broken,
        "by_severity": {str(severity): dict(states) for severity, states in sorted(measure.states.items())},
        "disagreements": [
            {
                "kind": kind.name,
                "words": kind.words,
                "incidents": len(found),
                "examples": found[:EXAMPLES_SHOWN],
            }
            for kind in measure.kinds
            if (found := measure.found.get(kind.name))
        ],
    }


def show(console: Console, report: Report, policies: dict[str, str]) -> None:
    """Tables on a terminal."""
    console.print(f"{report.incidents:,} incidents, {report.rows:,} rows: {AUTHORS}.")
    console.print(f"The log's own made_sla is true of {report.made:,}, false of {report.incidents - report.made:,}.")
    if report.undefined:
        console.print(ignored(report.undefined))
    for name, measure in (("closing", report.closing), ("response", report.response)):
        console.print(f"\n[bold]{TITLES[name]}[/bold]  (policy {policies[name]})")
        console.print(_states(measure))
        console.print(_beside(measure))
        agree = measure.both_kept + measure.both_broken
        share = agree / report.incidents if report.incidents else 1.0
        console.print(f"We agree with the log on {agree:,} of {report.incidents:,} ({share:.2%}). Of the others:")
        console.print(_disagreements(measure))


def _states(measure: Measure) -> Table:
    names = [name for name in STATES if any(states[name] for states in measure.states.values())]
    table = Table("severity", *(f"{name}" for name in names), "incidents")
    for severity, states in sorted(measure.states.items()):
        table.add_row(str(severity), *(f"{states[name]:,}" for name in names), f"{sum(states.values()):,}")
    return table


def _beside(measure: Measure) -> Table:
    table = Table("", "we say kept", "we say broken")
    table.add_row("made_sla true", f"{measure.both_kept:,}", f"{measure.only_we_broken:,}")
    table.add_row("made_sla false", f"{measure.only_log_broken:,}", f"{measure.both_broken:,}")
    return table


def _disagreements(measure: Measure) -> Table:
    table = Table("incidents", "why", "for example", show_lines=True)
    for kind in measure.kinds:
        if found := measure.found.get(kind.name):
            table.add_row(f"{len(found):,}", kind.words, "\n".join(found[:EXAMPLES_SHOWN]))
    return table
