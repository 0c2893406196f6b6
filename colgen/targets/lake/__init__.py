"""Tables of a lake over the parts of a build: Delta Lake, Iceberg or DuckLake. Their metadata is published in one step with the files."""
