"""What keeps a person safe: crisis lines and the emergency numbers of where they are."""
