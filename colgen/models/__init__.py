"""The models that ship with colgen. They use the public API alone, as a model of your own does."""
