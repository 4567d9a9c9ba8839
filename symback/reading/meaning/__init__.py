"""What the two sides of a statement come to: terms, arrays, printed numbers."""
