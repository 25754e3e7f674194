"""Work with an owner and a due time."""
