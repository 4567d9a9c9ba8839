"""Judges that share no code with the chain rule: exact numbers at small sizes, and SymPy's diff."""
