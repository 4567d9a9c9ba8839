"""How NumPy code is written: readable, fast, scalar."""
