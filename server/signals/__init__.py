"""What a patient can tell us unseen, and how we may write to them safely (T-10)."""
