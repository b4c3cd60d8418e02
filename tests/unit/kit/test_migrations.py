"""Each migration has a version of its own: of two with the same one, the second is never applied."""

from collections import Counter

import pytest

from contracts.names import SERVICES
from punctual.local.migrations import folders


@pytest.mark.parametrize("service", [*SERVICES, "kit"])
def test_no_two_migrations_of_a_service_have_the_same_version(service: str) -> None:
    versions = Counter(file.name.partition("_")[0] for folder in folders(service) for file in folder.glob("*.sql"))
    assert [version for version, count in versions.items() if count > 1] == []
