"""The echo call before a visit, and the synthetic call that watches a whole deployment."""
