"""One weight or bias, worked term by term as on the board."""
