"""Languages and libraries other than NumPy: C, numba, the array API."""
