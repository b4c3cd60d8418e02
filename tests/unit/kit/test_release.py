"""What set a record aside is known by its release: another one tries again."""

from importlib.metadata import entry_points

from kit.process.release import release_of
from kit.process.service import Service


def test_a_release_is_the_code_of_a_service_and_of_all_that_it_stands_on() -> None:
    services: list[Service] = [point.load() for point in entry_points(group="punctual.services")]
    releases = {release_of(service) for service in services}
    assert len(releases) == len(services)
    assert releases == {release_of(service) for service in services}
    assert all(len(one) == 16 for one in releases)
