"""The store in memory, for simulation and fast tests. It passes the tests of the real one.

Transactions run one at a time. Each change notes how to undo it, and a failed transaction is undone. Each concern of
`kit.store` has a module here.
"""

from kit.memory.store import MemoryStore as MemoryStore
from kit.memory.transaction import MemoryTx as MemoryTx
