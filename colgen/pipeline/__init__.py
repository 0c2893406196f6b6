"""From a request to a publication: build, extend, cleanup, and datasets in memory."""
