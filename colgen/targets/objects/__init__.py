"""A build as objects of a bucket: parts under a prefix, published by a conditional put of the manifest."""
