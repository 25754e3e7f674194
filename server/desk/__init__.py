"""Pages that compose capabilities: day list, board, visit workspace. No rules of its own."""
