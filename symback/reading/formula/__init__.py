"""Formulas: text to tokens to syntax trees; `Unreadable` for what is not understood."""
