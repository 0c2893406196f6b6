"""A build as a folder of files: staged beside it, published by one rename."""
