"""Training of the shipped models from annotated abstracts (see :mod:`extractors.training.run`)."""
