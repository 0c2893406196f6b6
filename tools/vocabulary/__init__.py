"""Makers of the CSV files in colgen/vocabulary/data."""
