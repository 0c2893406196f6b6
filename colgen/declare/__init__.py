"""What a model is declared with: tables, columns, rows, calendars, rules."""
