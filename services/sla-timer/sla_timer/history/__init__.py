"""A clock's own facts, folded: what each proof, each question and each comparison starts from."""
