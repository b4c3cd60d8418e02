import socket

from punctual.local.ports import choose, is_free


def test_a_port_in_use_is_passed_over_for_the_next_free_one() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert not is_free(taken)
        assert choose(taken) > taken
        assert is_free(choose(taken))


def test_a_port_that_is_spoken_for_is_passed_over() -> None:
    free = choose(0)
    assert choose(free, taken={free}) != free
