"""Clinics, clinicians with licences and on-call roster, patients and those beside them."""
