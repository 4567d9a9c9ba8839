"""What answers are called where they are typed, in a course's own notation."""

from __future__ import annotations

from dataclasses import replace

from symback.model.network import Network
from symback.notation import Notation
from symback.printing.core import Printer
from symback.printing.plain import PLAIN
from symback.printing.target import plainly
from symback.teaching.counting import Counting
from symback.teaching.exercises.parts import Exercise, Item, Result, entry_of
from symback.teaching.names import typed_name
from symback.teaching.program import Kind, new_key

__all__ = ["Spelled"]


class Spelled:
    """Gives the answers of exercises names in a notation.

    Args:
        network: whose quantities have the names of all of them, so that they are spelled alike.
        notation: the course's.
    """

    def __init__(self, network: Network, notation: Notation) -> None:
        self.notation = notation
        self.write = Printer(PLAIN, network.model(), notation)
        self.counting = Counting(self.write.vocabulary)
        self.loss = plainly(self.write(network.model().loss.entry))
        words = self.write.vocabulary
        numbered = any(map(words.is_counted, words.slots))
        self.tells_layers = numbered or len(network.layers) != 3
        """Whether the letters of another network would be others than those of this one."""

    def exercise(self, exercise: Exercise) -> Exercise:
        """The same exercise, its answers with names in the notation, and in its order."""
        ordered = self.counting.sorted(exercise.items, lambda item: _about(exercise, item))
        items = tuple(self._item(exercise, item) for item in ordered)
        result = exercise.result
        return replace(exercise, items=items, result=result and self._result(result))

    def _item(self, exercise: Exercise, item: Item) -> Item:
        problem = exercise.problem
        if problem is None or item.name != typed_name(item.key, problem.program.loss):
            return item
        line = problem.program.line_of[item.key]
        if line.kind is Kind.SLOPE:
            output = line.key.replace("_slope", "", 1)
            entry = next(e for e, known in problem.program.keys.items() if known == output)
            name, bracket, rest = plainly(self.write(entry)).partition("[")
            key = f"{name}_slope{bracket}{rest}"
        elif line.kind is Kind.UPDATE:
            key = new_key(plainly(self.write(entry_of(problem, line))))
        else:
            key = plainly(self.write(line.subject))
        return replace(item, name=typed_name(key.replace(" ", ""), self.loss))

    def _result(self, result: Result) -> Result:
        assert isinstance(result.about, Network)  # of models none is written in another notation
        write = Printer(PLAIN, result.about.model(), self.notation)
        left = plainly(write(result.adjoint)).replace(" ", "")
        return replace(result, left=left)


def _about(exercise: Exercise, item: Item) -> object:
    """What a value that is asked for is the value of; None for anything else that is asked."""
    lines = exercise.problem.program.line_of if exercise.problem else {}
    return lines[item.key].subject if item.key in lines else None
