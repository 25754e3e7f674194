"""The web process: decides who may do what, and remembers it."""
