"""Versioned consents and when they were confirmed."""
