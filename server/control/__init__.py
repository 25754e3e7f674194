"""Signed orders from web to signaling, kept as rows until they are delivered."""
