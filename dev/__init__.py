"""What developing Mooring needs and running it does not."""
