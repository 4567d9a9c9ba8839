"""Whether any two quantities of a network would be spelled alike: such a notation is refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import combinations

from symback.errors import InputError
from symback.model.equations import Model, Quantity, Role
from symback.notation.form import Notation
from symback.notation.letters import has_samples, letters_of
from symback.notation.slot import Slot
from symback.notation.spelling import own_name

__all__ = ["Tables", "apart", "check_in_general", "function_letters"]

Tables = tuple[dict[str, Slot], dict[str, Slot]]
"""How each quantity is spelled, and how the loss's derivative by it, by the quantity's name."""


def apart(
    model: Model,
    notation: Notation,
    tables: Tables,
    by_own_name: Callable[[Quantity], Slot],
) -> Tables:
    """The spellings of a model with everything told apart.

    What no notation can tell apart, since a model has more than one quantity of a kind in a layer,
    is spelled by its own name.

    Raises:
        InputError: where the notation itself spells two quantities alike, naming them.
    """
    slots, deltas = dict(tables[0]), dict(tables[1])
    while True:
        yielding: set[tuple[str, bool]] = set()
        for first, second in _alike((*slots.values(), *deltas.values())):
            if not _is_of_the_model(first, second):
                raise _refusal(notation, _name(first), _name(second), _example(first))
            yielding |= {(s.quantity.name, s.is_delta) for s in (first, second) if s.part}
        if not yielding:
            break
        for name, is_delta in yielding:
            if is_delta:
                del deltas[name]
            else:
                slots[name] = by_own_name(model.quantities[name])
    every = (*slots.values(), *deltas.values())
    _check_functions(model, notation, every)
    _check_indices(model, notation, every)
    return slots, deltas


def check_in_general(notation: Notation) -> None:
    """Hold a notation against networks of every kind: shallow and deep, one sample and a batch.

    Functions have names of the catalogue there, so that no letter of theirs can be in the way.

    Raises:
        InputError: where it spells two quantities alike.
    """
    from symback.model.network import Network
    from symback.notation.vocabulary import Vocabulary

    for layers in ((2, 2), (2, 3, 2), (2, 3, 3, 2)):
        for batch, decay in ((False, 0.0), (False, 1.0), (True, 0.0), (True, 1.0)):
            network = Network(
                layers,
                activations=("tanh",) * (len(layers) - 1),
                loss="half-squared-error",
                batch=batch,
                weight_decay=decay,
            )
            _ = Vocabulary(network.model(), notation).slots


def _alike(slots: Iterable[Slot]) -> list[tuple[Slot, Slot]]:
    """Pairs of slots that share a spelling; numbers that run on through the layers share none."""
    owners: dict[object, dict[int, tuple[Slot, bool]]] = defaultdict(dict)
    for slot in slots:
        for pattern, counted in slot.patterns():
            owners[pattern].setdefault(id(slot), (slot, counted))
    return [
        (first, second)
        for found in owners.values()
        if len(found) > 1
        for (first, counted), (second, also) in combinations(found.values(), 2)
        if not (counted and also and _run_on(first, second))
    ]


def _run_on(first: Slot, second: Slot) -> bool:
    same = first.part == second.part and first.is_delta == second.is_delta
    return same and first.before != second.before


def _is_of_the_model(first: Slot, second: Slot) -> bool:
    """Whether the model, rather than the notation, has two quantities in one place."""
    if not first.part or not second.part:
        return bool(first.part or second.part)
    same = first.part == second.part and first.is_delta == second.is_delta
    return same and first.quantity.layer == second.quantity.layer


def function_letters(model: Model) -> dict[str, str]:
    """The letter of each function of a network, with its name."""
    names = [*getattr(model.source, "activations", ())]
    if "sigmoid" in names:
        names.append("sigma")
    return {own_name(name).base: name for name in names}


def _check_functions(model: Model, notation: Notation, slots: Iterable[Slot]) -> None:
    """A function's letter is that of no quantity: ``a(z)`` beside an activation ``a``."""
    letters = function_letters(model)
    for slot in slots:
        if not slot.part:
            continue
        name = letters.get(slot.entry.prefix + slot.entry.base)
        is_bare = not slot.entry.accent and not slot.entry.primes
        if name is not None and is_bare and slot.quantity.role is not Role.LOSS:
            raise _refusal(notation, f"the function {name}", _name(slot), _example(slot))


def _check_indices(model: Model, notation: Notation, slots: Iterable[Slot]) -> None:
    """The letters of units, of samples and of their number are those of nothing else.

    Letters of other bound indices give way instead: see `symback.notation.letters`.
    """
    fixed = [(letter, f"the index {letter}") for letter in notation.index_letters[:2]]
    if has_samples(model):
        fixed.append((notation.sample_index, "the index of the samples"))
        fixed.append((notation.samples, "the number of samples"))
    for (first, name), (second, other) in combinations(fixed, 2):
        if first == second:
            raise _refusal(notation, name, other, first)
    functions = function_letters(model)
    owners = {letter: slot for slot in slots if slot.part for letter in letters_of(slot)}
    for letter, name in fixed:
        if letter in functions:
            raise _refusal(notation, f"the function {functions[letter]}", name, letter)
        if letter in owners:
            raise _refusal(notation, _name(owners[letter]), name, letter)


def _refusal(notation: Notation, first: str, second: str, example: str) -> InputError:
    return InputError(
        f"the notation {notation.name} spells {first} and {second} alike: {example}",
        hint="one of them needs another letter, a prime, or the number of its layer",
    )


def _name(slot: Slot) -> str:
    quantity = slot.quantity
    layered = quantity.layer and quantity.role is not Role.LOSS
    layer = f" of layer {quantity.layer}" if layered else ""
    what = f"the {quantity.role.value}{layer} ({quantity.name})"
    return f"the derivative by {what}" if slot.is_delta else what


def _example(slot: Slot) -> str:
    """A spelling in plain letters, for a message."""
    entry = slot.spell(slot.quantity.indices)
    below = f"_{entry.below}" if entry.below else ""
    above = "".join(entry.above)
    name = f"{entry.prefix}{entry.base}{entry.accent}{chr(39) * entry.primes}"
    return f"{name}{below}" + (f"^{above}" if above else "")
