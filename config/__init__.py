"""What each process is told before it starts: settings, clinical policy, logging."""
