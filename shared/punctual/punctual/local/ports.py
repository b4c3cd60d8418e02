"""Ports on loopback: the usual one, or the next that is free.

Between choosing a port and listening there seconds may pass, in which another stack could choose the same. So a chosen
port is claimed, machine-wide, by a name that the kernel gives back when this process ends, however it ends.
"""

import atexit
import socket
import sys
from collections.abc import Iterable

_claims: dict[int, socket.socket | None] = {}


def is_free(port: int) -> bool:
    """Whether nobody listens there. (Lingering connections of a stopped server do not count.)"""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose(wanted: int, taken: Iterable[int] = ()) -> int:
    """`wanted`, or the next port that is free and not in `taken`; 0 is any free one. It is ours until released."""
    spoken_for = set(taken)
    candidates = range(wanted, 65536) if wanted else (_any() for _ in range(1000))
    return next(port for port in candidates if port not in spoken_for and is_free(port) and _claim(port))


def release(ports: Iterable[int]) -> None:
    """Give claims back."""
    for port in ports:
        if claim := _claims.pop(port, None):
            claim.close()


def _any() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _claim(port: int) -> bool:
    if port in _claims:
        return False
    claim = None
    if sys.platform == "linux":
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0punctual/port/{port}")  # an abstract name: no file, and as wide as the ports themselves
        except OSError:
            claim.close()
            return False
    _claims[port] = claim
    return True


@atexit.register
def _give_back() -> None:
    release(list(_claims))
