"""Code for any model: its equations and steps, in index form, as loops or as arrays."""
