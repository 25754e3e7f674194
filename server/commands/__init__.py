"""The `mooring` command: each file is one thing an operator does."""
