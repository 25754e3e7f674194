"""Help when it is needed: crisis lines and the emergency numbers of a place."""
