"""Scenarios: how data differs from a model's everyday. They are small files that may extend one another."""
