"""How the values of columns lie in memory, and what they are called in Arrow and SQL."""
