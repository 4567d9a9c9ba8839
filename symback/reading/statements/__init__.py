"""Formulas put in lines: two sides, a relation, and what each can define."""
