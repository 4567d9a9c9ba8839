"""Claims about arrays in time or over samples, decided by the engine beside a model of them."""
