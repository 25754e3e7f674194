"""Who answers for a minor, what they may do, and until when (T-03)."""
