"""Ask every parser about things nobody would send: it may refuse, and must not break (C-47)."""
