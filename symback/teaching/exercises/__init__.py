"""Exercises with keys: drawn by a seed, each key proved by a witness before anything is written."""

from symback.teaching.exercises.parts import TOLERANCE, Exercise, Item
from symback.teaching.exercises.problem import Problem, problem_of
from symback.teaching.exercises.questions import CHECKS, CONVENTIONS
from symback.teaching.exercises.sheet import KINDS, MAX_COUNT, OF_MODELS, Sheet, make_sheet
from symback.teaching.exercises.small import Small, made_small

__all__ = [
    "CHECKS", "CONVENTIONS", "KINDS", "MAX_COUNT", "OF_MODELS", "TOLERANCE", "Exercise", "Item",
    "Problem", "Sheet", "Small", "made_small", "make_sheet", "problem_of",
]  # fmt: skip
