"""The parser of formulas: tokens in, syntax trees out, `Unreadable` for what is not understood."""
