"""The real store: PostgreSQL through asyncpg. The statements of each concern of `kit.store` have a module."""

from kit.postgres.store import PostgresStore as PostgresStore
from kit.postgres.transaction import PostgresTx as PostgresTx
