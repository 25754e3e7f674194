"""Emergency access: one record for one hour, with a reason, read-only, and never unnoticed."""
