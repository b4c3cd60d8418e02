"""Answers a stream of JSON lines, in order. A bad line gets an error instead, and the others are answered."""

import os
import re
import sys
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from io import BufferedIOBase
from typing import IO, Any, cast

import msgspec
import typer

CHUNK_BYTES = 1 << 18
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`(?: - at `\$(?P<at>.*)`)?")
UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*?)`(?: - at `\$(?P<at>.*)`)?", re.DOTALL)
WRONG = re.compile(r"(?P<what>.*?)(?: - at (?:`key` in )?`\$(?P<at>.*)`)?", re.DOTALL)


class BadLine(Exception):
    """A line that can't be answered. The message names the field, what is wrong and what would help."""


def answer_lines(source: IO[bytes], sink: IO[bytes], answer: Callable[[bytes], bytes]) -> tuple[int, int]:
    """Write a line for each line read, at once. Returns how many were read, and how many of them were bad."""
    read, bad, rest = 0, 0, b""
    first = True
    while chunk := cast(BufferedIOBase, source).read1(CHUNK_BYTES):
        if first:
            chunk, first = chunk.removeprefix(BYTE_ORDER_MARK), False
        *lines, rest = (rest + chunk).split(b"\n")
        answers = [_answered(line, answer) for line in lines]
        read, bad = read + len(answers), bad + sum(error for error, _ in answers)
        sink.write(b"".join(line for _, line in answers))
        sink.flush()
    if rest:
        error, line = _answered(rest, answer)
        read, bad = read + 1, bad + error
        sink.write(line)
        sink.flush()
    return read, bad


def stdin() -> IO[bytes]:
    """Standard input. Ends the command if there is none."""
    if sys.stdin is None:
        raise typer.BadParameter("there is no standard input; pipe the lines in, or redirect a file with <")
    return sys.stdin.buffer


def answer_all(source: IO[bytes], answer: Callable[[bytes], bytes]) -> None:
    """Write answers to stdout, and to stderr how many lines were bad. Ends the command if stdout can't be written."""
    if sys.stdout is None:
        raise typer.BadParameter("there is no standard output; redirect it to a file with >")
    try:
        read, bad = answer_lines(source, sys.stdout.buffer, answer)
    except BrokenPipeError:
        raise  # the reader has closed the pipe
    except OSError as error:
        typer.echo(f"The answers can't be written: {error.strerror}", err=True)
        os._exit(1)  # without flushing the buffer, which would fail again
    if bad:
        typer.echo(f"{bad} of {read} lines could not be answered", err=True)


def _answered(line: bytes, answer: Callable[[bytes], bytes]) -> tuple[bool, bytes]:
    try:
        return False, answer(line) + b"\n"
    except BadLine as error:
        return True, msgspec.json.encode({"error": str(error)}) + b"\n"
    except Exception as error:  # a bug here: the other lines still get their answers
        return True, msgspec.json.encode({"error": f"this could not be answered: {error!r}"}) + b"\n"


def decoded(decoder: msgspec.json.Decoder[Any], content: bytes, hints: Mapping[str, str], under: str = "") -> Any:
    """The decoded content. `hints`: how to write each field; `under`: the field that has this content.

    Raises BadLine.
    """
    try:
        return decoder.decode(content)
    except msgspec.ValidationError as error:
        raise BadLine(_worded(str(error), hints, under)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        what = f"this is no JSON ({error})" if content.strip() else "the line is empty"
        raise BadLine(f"{what}; write one object a line") from None


def shortened(text: str) -> str:
    """The text, cut to 60 characters."""
    return text if len(text) <= 60 else f"{text[:60]}…"


def hinted(field: str, problem: object, hints: Mapping[str, str]) -> BadLine:
    """The error for a field: the problem, and how to write it."""
    return BadLine(f"{field}: {problem}; {hints[field]}")


def _worded(message: str, hints: Mapping[str, str], under: str) -> str:
    if found := MISSING.fullmatch(message):
        name = found["name"]
        return f"{_path(under, found['at'], name)}: this field is missing; {hints[name]}"
    if found := UNKNOWN.fullmatch(message):
        likely = get_close_matches(found["name"], hints, n=1)
        fix = f"did you mean {likely[0]!r}?" if likely else "leave it out"
        return f"{_path(under, found['at'], found['name'])}: unknown field; {fix}"
    found = WRONG.fullmatch(message)
    assert found
    path, what = _path(under, found["at"]), found["what"].replace("`", "")
    named = [name for name in re.findall(r"\w+", path) if name in hints]
    return f"{path}: {what}; {hints[named[-1]]}" if named else f"{what}; write one object a line"


def _path(*parts: str | None) -> str:
    return re.sub(r"\.(?=\[)", "", ".".join(part.strip(".") for part in parts if part))
