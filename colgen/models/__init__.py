"""The models that ship with colgen: declarations and queries, nothing else."""
