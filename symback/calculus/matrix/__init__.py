"""The derivation in matrices: trees of array operations, each proved equal to its index form."""
