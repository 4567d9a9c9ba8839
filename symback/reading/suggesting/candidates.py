"""Lines that a document's model may lack: a loss in its usual forms, what is only mentioned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symback.reading.lowering.document import Lowered
from symback.records import dataclass

__all__ = ["Base", "Candidate", "losses_of", "text_of"]

_LEFT = re.compile(r"(?P<name>\w+)(?:\[(?P<indices>[^\]]*)\])? = ")
_OPEN_LOSS = re.compile(r"(?P<name>\w+) = (?:(?P=name)|loss)\((?P<arguments>.*)\)$")
_TERMS = (
    "({o} - {t})^2 / 2",
    "({o} - {t})^2",
    "-{t} * log({o})",
    "-({t} * log({o}) + (1 - {t}) * log(1 - {o}))",
)
"""One output's part of a loss, by the output and its target; the likelier first."""
_MEAN = "({o} - {t})^2"


def text_of(found: Lowered) -> str:
    """What was understood of a document, as a text in the language."""
    lines = [f"{given.role} {given.text}" for given in found.given]
    lines += [f"function {name}" for name in found.functions]
    lines += [line.text for line in found.equations]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Lines to be put behind a model, the loss last."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Base:
    """A document's model, with a loss that is left open where it has none.

    Attributes:
        text: the model.
        loss: the name of its loss.
        outputs: what its loss may be of, each with its indices; empty where it has a formula.
    """

    text: str
    loss: str
    outputs: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, found: Lowered, loss: str) -> Base | None:
        """The model that candidates are put behind; None where nothing was understood.

        Args:
            found: what was understood.
            loss: the letter of the loss in what is claimed, where no equation has one.
        """
        if not found.equations:
            return None
        text, last = text_of(found), found.equations[-1].text
        lefts = {
            match["name"]: tuple(filter(None, (match["indices"] or "").split(",")))
            for line in found.equations
            if (match := _LEFT.match(line.text))
        }
        lefts = {n: i for n, i in lefts.items() if not any(x.isdigit() for x in i)} | {
            n: i for n, i in _general(found) if n in lefts
        }
        assumed = _OPEN_LOSS.match(last)
        if assumed is not None:
            named = re.findall(r"\w+", re.sub(r"\[[^\]]*\]", "", assumed["arguments"]))
            return cls(text, assumed["name"], tuple((n, lefts[n]) for n in named if n in lefts))
        if found.has_loss:
            match = _LEFT.match(last)
            return cls(text, match["name"] if match else "", ())
        (output, indices) = list(lefts.items())[-1] if lefts else ("", ())
        if not output or not loss or loss in lefts:
            return None
        whole = f"{output}[{','.join(':' * len(indices))}]" if indices else output
        text += f"{loss} = {loss}({whole})\n"
        return cls(text, loss, ((output, indices),))


def _general(found: Lowered) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The equations for all entries of a quantity, and not for its start."""
    for line in found.equations:
        match = _LEFT.match(line.text)
        if match is not None:
            indices = tuple(filter(None, (match["indices"] or "").split(",")))
            if not any(index.isdigit() for index in indices):
                yield match["name"], indices


def losses_of(base: Base, targets: Sequence[str]) -> Iterator[Candidate]:
    """The usual losses of a model's outputs, each with its target declared.

    Args:
        base: the model.
        targets: names that stand in what is claimed and nowhere in the model.
    """
    for output, indices in base.outputs:
        place = f"[{','.join(indices)}]" if indices else ""
        bound = ", ".join(indices)
        for target in targets:
            declared = f"target {target}{place}"
            o, t = output + place, target + place
            for term in _TERMS:
                inner = term.format(o=o, t=t)
                total = f"sum({bound}, {inner})" if bound else inner
                yield Candidate((declared, f"{base.loss} = {total}"))
            if indices:
                mean = f"mean({bound}, {_MEAN.format(o=o, t=t)})"
                yield Candidate((declared, f"{base.loss} = {mean}"))
