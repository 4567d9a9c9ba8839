"""From the two sides of a statement to its verdict, and how certain that is."""
