"""A request becomes rows: spec, plan, generation, blocks, batches. Nothing here knows of files, engines or progress."""
