"""colgen as a service: over HTTP for people and programs, and as tools for a language model. All that they do goes through `colgen.jobs` and the
calls of this package, so that both refuse the same."""
