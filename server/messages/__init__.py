"""Letters that wait in an outbox until they are sent; neutral words only."""
