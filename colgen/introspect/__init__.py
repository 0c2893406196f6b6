"""From a schema that is there to a model file that makes rows for it."""
