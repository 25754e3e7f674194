"""The video visit: states, links, check-in, seats, admission, tickets, its end."""
