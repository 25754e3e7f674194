"""Who did what, and what was refused: append-only rows in the same transaction."""
