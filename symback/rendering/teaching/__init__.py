"""Pages for a course, in every format: blocks, set with the printers of the house."""
