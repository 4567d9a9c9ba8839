"""The closed forms that documents print, held against the derivation."""
