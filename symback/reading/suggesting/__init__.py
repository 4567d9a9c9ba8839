"""Which lines of a model would decide what a document leaves open."""
