import pytest

from punctual.local.databases import dsns, passwords, readdress, role_of


def test_a_service_has_an_owner_and_a_runner() -> None:
    found = dsns("postgresql://postgres:pw@127.0.0.1:8110/postgres", role_of("sla-timer"), passwords("secret"))
    assert found.owner.startswith("postgresql://sla_timer_owner:")
    assert found.app.startswith("postgresql://sla_timer:")
    assert found.owner.endswith("@127.0.0.1:8110/sla_timer")


def test_passwords_are_the_same_in_every_process_and_differ_between_roles() -> None:
    assert passwords("s")("intake") == passwords("s")("intake")
    assert passwords("s")("intake") != passwords("s")("intake_owner") != passwords("t")("intake_owner")


def test_an_address_keeps_its_server_and_its_options() -> None:
    moved = readdress("postgresql://a:b@db.example:5433/x?sslmode=require", user="u", password="p", database="y")
    assert moved == "postgresql://u:p@db.example:5433/y?sslmode=require"


def test_topics_have_a_partition_for_each_shard_and_keys_are_compacted() -> None:
    from punctual.local.topics import topics

    found = {topic.name: topic for topic in topics("x.")}
    assert found["x.punctual.tickets.v1"].num_partitions == 64
    assert found["x.punctual.tickets.v1"].topic_configs["retention.ms"] == "-1"
    assert found["x.punctual.keys.v1"].topic_configs["cleanup.policy"] == "compact"
    assert found["x.punctual.settled.v1"].num_partitions == 1


def test_a_name_that_is_none_is_refused() -> None:
    from punctual.local.databases import _checked

    with pytest.raises(ValueError, match="no name"):
        _checked('x"; DROP DATABASE intake')
