"""Ports on loopback: the usual one, or the next that is free."""

import socket
from collections.abc import Iterable


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
    """`wanted`, or the next free port that is not in `taken`; 0 is any free one."""
    if wanted == 0:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])
    spoken_for = set(taken)
    return next(port for port in range(wanted, 65536) if port not in spoken_for and is_free(port))
