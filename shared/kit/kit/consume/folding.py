"""Views in the database: their rows are locked, folded and written in the transaction that moves the cursors.

Two processes may consume one shard at the same time (one of them has lost it and doesn't know), each with the cursors
of another topic. So we insert a missing row before we lock it; otherwise both could start from an empty one.
"""

from collections.abc import Collection

from kit.consume.views import Folding, Key, View
from kit.decider import Put
from kit.store import Tx


async def hold(tx: Tx, folding: Folding, places: Collection[tuple[View, Key]]) -> None:
    """Lock these rows, and load them into `folding`."""
    by_table = {view.table: view for view, _ in places}
    for table in sorted(by_table):
        view = by_table[table]
        keys = dict.fromkeys(key for of, key in places if of.table == table)
        found = await _locked(tx, folding, view, keys)
        if missing := [key for key in keys if key not in found]:
            await tx.put([Put(table, dict(key)) for key in missing])
            await _locked(tx, folding, view, missing)


async def _locked(tx: Tx, folding: Folding, view: View, keys: Collection[Key]) -> set[Key]:
    rows = await tx.rows(view.table, [dict(key) for key in keys], lock="update")
    names = [name for name, _ in next(iter(keys))]
    found = {tuple((name, row[name]) for name in names): row for row in rows}
    for key, row in found.items():
        folding.hold(view, key, row)
    return set(found)
