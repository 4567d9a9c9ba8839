"""A worked instance of a topic, from a small network or model, worked out when it is asked for."""

from __future__ import annotations

from symback.teaching.instances.derived import rule_instance
from symback.teaching.instances.drawn import exercise_instance, numbers_instance
from symback.teaching.instances.instance import Instance
from symback.teaching.instances.marked import marked_instance
from symback.teaching.instances.worked import worked_instance

__all__ = ["Instance", "instance"]


def instance(group: str, code: str) -> Instance | None:
    """An instance of a rule, a step, a slip, a mark, of numbers, or of a kind of exercise."""
    if group == "rule":
        return rule_instance(code)
    if group == "step":
        return worked_instance(group, code)
    if group == "slip":
        return worked_instance(group, code) or marked_instance(group, code)
    if group == "outcome":
        return marked_instance(group, code)
    if group == "numbers":
        return numbers_instance(code)
    if group == "exercise":
        return exercise_instance(code)
    return None
