"""What a course needs around a derivation: worked numbers, exercises, keys, marks, a page to step.

Everything here is a view of one `symback.teaching.program.Program`: the equations of a model and
the steps of its derivation, unit by unit, as values in the order in which they are found.
"""
