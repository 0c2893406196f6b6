"""What differs from the everyday of a model: small files that may extend one another."""
