"""The real store: PostgreSQL through asyncpg. Each concern of `kit.store` has a module here."""

from kit.postgres.store import PostgresStore as PostgresStore
from kit.postgres.transaction import PostgresTx as PostgresTx
