"""Zone files (RFC 9636): the changes of offset that they list, and the rule for later ones."""

import struct
from dataclasses import dataclass
from importlib.resources import files

HEADER = struct.Struct(">4sc15x6l")
"""Magic, version; how many UT marks, standard marks, leap seconds, transitions, types and characters follow."""

TYPE = struct.Struct(">lBB")
"""Offset from UTC in seconds, whether it is summer time, where its abbreviation begins."""


@dataclass(frozen=True, slots=True)
class ZoneFile:
    """`first`: the offset before all changes. `changes`: UTC seconds since 1970, and the offset from then on.

    `rule` holds from `listed_until` on: the last listed transition, which may change only the name; None if none is.
    """

    first: int
    changes: list[tuple[int, int]]
    listed_until: int | None
    rule: str

    @classmethod
    def named(cls, name: str) -> "ZoneFile":
        """The file of a zone in the wheel."""
        return cls.of(files("tzdata.zoneinfo").joinpath(*name.split("/")).read_bytes())

    @classmethod
    def of(cls, content: bytes) -> "ZoneFile":
        """Read a file of version 2 or later: its second block has 64-bit times, and a rule follows it."""
        second = _length(content, 0, 4)
        _, _, _, _, _, times, types, _ = HEADER.unpack_from(content, second)
        at = second + HEADER.size
        instants = struct.unpack_from(f">{times}q", content, at)
        kinds = content[at + 8 * times : at + 9 * times]
        offsets = [TYPE.unpack_from(content, at + 9 * times + TYPE.size * kind)[0] for kind in range(types)]
        changes, offset = [], offsets[0]
        for instant, kind in zip(instants, kinds, strict=True):
            if offset != (offset := offsets[kind]):
                changes.append((instant, offset))
        rule = content[second + _length(content, second, 8) :].decode().strip()
        return cls(offsets[0], changes, max(instants, default=None), rule)


def _length(content: bytes, start: int, width: int) -> int:
    """How many bytes a block has, header included, if its times are `width` bytes wide."""
    if content[start : start + 4] != b"TZif" or content[start + 4 : start + 5] < b"2":
        raise ValueError("this is no zone file of version 2 or later")
    _, _, ut, standard, leaps, times, types, characters = HEADER.unpack_from(content, start)
    return int(HEADER.size + times * (width + 1) + types * TYPE.size + characters + leaps * (width + 4) + standard + ut)
