"""Many changes to read models, written as few statements."""

from kit.decider import Put
from kit.store.columns import merged, upsert


def test_of_several_changes_to_one_row_what_is_left_is_written() -> None:
    changes = [
        Put("jars", {"id": 1}, {"coins": 1, "label": "a"}),
        Put("jars", {"id": 1}, {"coins": 2}),
        Put("jars", {"id": 2}, {"coins": 5, "label": "b"}),
    ]
    assert merged(changes) == {("jars", ("id",), ("coins", "label")): [[1, 2, "a"], [2, 5, "b"]]}


def test_columns_that_are_not_named_keep_their_values() -> None:
    changes = [Put("jars", {"id": 1}, {"coins": 1}), Put("jars", {"id": 2}, {"label": "b"})]
    assert merged(changes) == {("jars", ("id",), ("coins",)): [[1, 1]], ("jars", ("id",), ("label",)): [[2, "b"]]}
    assert "coins" not in upsert("jars", ["id"], ["label"], {"id": "uuid", "label": "text"})


def test_rows_are_written_in_the_order_of_their_keys_whatever_the_order_of_the_changes() -> None:
    changes = [Put("jars", {"id": name}, {"coins": 1}) for name in "cab"]
    assert merged(changes) == merged(changes[::-1])
    assert [row[0] for rows in merged(changes).values() for row in rows] == ["a", "b", "c"]


def test_a_row_may_be_nothing_but_its_key() -> None:
    changes = [Put("jars", {"id": 1}), Put("jars", {"id": 1})]
    assert merged(changes) == {("jars", ("id",), ()): [[1]]}
    assert upsert("jars", ["id"], [], {"id": "uuid"}).endswith("ON CONFLICT (id) DO NOTHING")
