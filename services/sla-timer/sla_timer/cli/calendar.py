"""calendar: counts support hours, so that you can compare them with your own calculation."""

import typer

from sla_timer.cli.cases import answer_after, answer_between
from sla_timer.cli.lines import answer_all, stdin

app = typer.Typer(no_args_is_help=True, help="Count support hours, over any zone, daylight saving and holiday.")


@app.command()
def after() -> None:
    """Read cases as JSON lines on stdin, and say when their `seconds` of open time are over.

    `zone` or `offset`; `windows` of the week (day 0 is Monday; `to` before or equal to `from` runs over midnight);
    `holidays`; `special` hours on dates; `start`; `seconds`. A bad line is answered with an error in its place; an
    `end` may stand there too, for `between`, and is not looked at.

    Example: `echo '{"offset": "-05:00", "windows": [{"day": 0, "from": "09:00", "to": "17:00"}],
    "start": "2026-07-13T13:30:00Z", "seconds": 3600}' | punctual calendar after`
    """
    answer_all(stdin(), answer_after)


@app.command()
def between() -> None:
    """Read cases as JSON lines on stdin, with an `end` instead of `seconds`, and say how many seconds are open.

    `seconds` may stand there too, for `after`, and are not looked at. An `end` before the start makes them negative.

    Example: `echo '{"zone": "Australia/Lord_Howe", "windows": [{"day": 6, "from": "01:00", "to": "03:00"}],
    "start": "2026-04-04T00:00:00Z", "end": "2026-04-06T00:00:00Z"}' | punctual calendar between`
    """
    answer_all(stdin(), answer_between)
