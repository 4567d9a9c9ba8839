"""Identity for all sizes: sums over affine indices under conditions, in a normal form."""
