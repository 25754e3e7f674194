"""What is written down about a visit: draft notes that are never lost."""
