"""Texts without a Python string: put together out of words and digits, and spelled where somebody reads the letters."""
