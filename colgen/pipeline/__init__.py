"""From a request to a publication: the conductor of a build, extend, cleanup, and datasets in memory."""
