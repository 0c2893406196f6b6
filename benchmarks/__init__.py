"""What colgen costs: beside the floor that its writer sets, and beside peers on the same work."""
