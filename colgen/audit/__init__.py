"""A finished build, proved and compared: check, verify, diff; reports and charts of it."""
