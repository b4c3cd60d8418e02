"""The store in memory, for simulation and fast tests. It passes the same suite as the real one.

A transaction has the tables to itself; each change notes how to undo it, and a transaction that doesn't end well is
undone. The statements of each concern of `kit.store` have a module.
"""

from kit.memory.store import MemoryStore as MemoryStore
from kit.memory.transaction import MemoryTx as MemoryTx
