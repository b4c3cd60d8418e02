"""Log lines of libraries and the interpreter, in the form of our own: one JSON object each.

During an outage libraries log the same line hundreds of times: for a while, repeats are only counted.
"""

import logging
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from types import TracebackType
from typing import Any

import structlog

QUIET_SECONDS = 30.0
"""Seconds after a line in which repeats of it are only counted."""
MAX_REMEMBERED_MESSAGES = 1_000
RETRYING_LIBRARY = "aiokafka"
"""The library that logs as errors what it will try again; they become warnings."""
INTERPRETER_LOGGER = "python"

log = structlog.get_logger("library")


class Repeats:
    """Counts lines that are repeated too soon."""

    def __init__(self, quiet: float = QUIET_SECONDS) -> None:
        self._quiet = quiet
        self._said: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def of(self, key: Hashable, now: float) -> int | None:
        """How many repeats were held back since this line was logged; None: hold it back too. `now`: seconds."""
        since, held = self._said.get(key, (None, 0))
        if since is not None and now - since < self._quiet:
            self._said[key] = since, held + 1
            return None
        self._said[key] = now, 0
        self._said.move_to_end(key)
        if len(self._said) > MAX_REMEMBERED_MESSAGES:
            self._said.popitem(last=False)
        return held


class Forward(logging.Handler):
    """Forwards the standard library's log records to our log."""

    def __init__(self) -> None:
        super().__init__()
        self._repeats = Repeats()

    def emit(self, record: logging.LogRecord) -> None:
        """Log the record as one line, or count it."""
        first = str(record.msg if record.msg != "%s" else record.getMessage()).partition("\n")[0]
        raised = record.exc_info[0] if record.exc_info else None
        held = self._repeats.of((record.name, record.levelno, first, raised), time.monotonic())
        if held is None:
            return
        more: dict[str, Any] = {"repeated": held} if held else {}
        if record.exc_info and record.exc_info[0]:
            more["exc_info"] = record.exc_info
        level = min(record.levelno, logging.WARNING) if record.name.startswith(RETRYING_LIBRARY) else record.levelno
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # the arguments don't fit: log the bare message
            message = str(record.msg)
        log.log(level, message, library=record.name, **more)


def adopt(level: int) -> None:
    """Forward all logs of libraries and the interpreter to ours. `level`: ours; from libraries, warnings and worse."""
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.handlers = [Forward()]
    root.setLevel(max(level, logging.WARNING) if level > logging.DEBUG else level)
    logging.getLogger(RETRYING_LIBRARY).setLevel(logging.NOTSET)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _in_thread
    sys.unraisablehook = _unraisable


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger(INTERPRETER_LOGGER).critical("an exception was not caught", exc_info=(kind, error, trace))


def _in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        raised = (args.exc_type, args.exc_value, args.exc_traceback)
        logging.getLogger(INTERPRETER_LOGGER).error("an exception ended a thread", exc_info=raised)


def _unraisable(args: Any) -> None:
    raised = (args.exc_type, args.exc_value, args.exc_traceback) if args.exc_value is not None else None
    what = args.err_msg or "Exception ignored in"
    logging.getLogger(INTERPRETER_LOGGER).error("%s: %r", what, args.object, exc_info=raised)
