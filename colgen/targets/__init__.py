"""Where a build goes, whole or not at all: a folder, a DuckDB file, a schema of a PostgreSQL database."""
