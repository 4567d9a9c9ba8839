"""Exercises with keys: drawn by a seed, each key proved by a witness before anything is written."""

from symback.teaching.exercises.parts import TOLERANCE, Exercise, Item
from symback.teaching.exercises.problem import Problem, problem_of
from symback.teaching.exercises.questions import CHECKS, CONVENTIONS
from symback.teaching.exercises.sheet import KINDS, MAX_COUNT, Sheet, make_sheet

__all__ = [
    "CHECKS", "CONVENTIONS", "KINDS", "MAX_COUNT", "TOLERANCE", "Exercise", "Item", "Problem",
    "Sheet", "make_sheet", "problem_of",
]  # fmt: skip
