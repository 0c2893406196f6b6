"""How values are held in memory: logical types, NumPy and Arrow columns, texts in parts, lists of words."""
