"""A build as the tables of a schema in a PostgreSQL database."""
