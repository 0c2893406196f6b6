"""Random numbers: a draw is a hash of its place, and distributions are functions of draws."""
