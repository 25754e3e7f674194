"""What the auditor sees: who did what, in ids, codes and names of staff."""
