"""Random numbers: each draw is a hash of its position, so any row can be drawn alone, and distributions are functions of draws."""
