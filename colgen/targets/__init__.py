"""Where a build goes, whole or not at all: a folder, a prefix of a bucket, a DuckDB file, a schema of a PostgreSQL database."""
