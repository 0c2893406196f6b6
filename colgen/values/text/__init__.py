"""Text without Python strings: columns are composed of words and digits, and spelled only where their letters are read."""
