"""Bring the people of one visit together: soft state, no database, no names."""
