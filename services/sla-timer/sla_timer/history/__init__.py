"""A clock's own facts, folded in one place for queries, proofs and what-if."""
