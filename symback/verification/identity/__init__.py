"""Exact identity for all sizes: what expressions mean, by rules of its own."""
