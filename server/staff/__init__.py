"""Who works here: accounts and roles, where each is signed in, how a password comes about."""
