"""A notation bound to one model: the dictionary from quantities to spellings, and back."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import product
from math import prod

from sympy import Expr, Integer, S, Sum, Symbol

from symback.algebra.expressions import EVERY, Partial
from symback.model.equations import Model, Quantity, Role
from symback.notation.clash import Tables, apart, function_letters
from symback.notation.form import Form, IndexOrder, LayerMark, Notation, SamplePlace
from symback.notation.founding import FOUNDING
from symback.notation.indices import index_text
from symback.notation.letters import index_letters
from symback.notation.slot import Indices, Slot
from symback.notation.spelling import GREEK, Spelling, Style, general_name, own_name
from symback.records import dataclass

__all__ = ["Meaning", "Vocabulary"]

_FEW = 6  # entries that are listed one by one
_COUNTED = 4
"""The widest layer whose sums are written out, term by term."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a spelling stands for: entries of a quantity, or the loss's derivative by them.

    Attributes:
        quantity: whose entries.
        indices: a number or a letter for each of its ranges, `EVERY` for every value.
        is_delta: whether it is the loss's derivative, with the sign that the notation gives it.
    """

    quantity: Quantity
    indices: Indices
    is_delta: bool = False

    def expression(self, loss: Expr, sign: int = 1) -> Expr:
        """The entry, or the partial of the loss by it times the sign of delta."""
        entry = self.quantity.at(*self.indices)
        return sign * Partial(loss, entry) if self.is_delta else entry


class Vocabulary:
    """How one model's quantities are spelled, and what a spelling stands for.

    Two quantities are never spelled alike: where the notation is at fault it is refused, and where
    a model has more quantities of one kind than any notation tells apart (two arrays of weights
    without a layer, say), these are spelled by their own names.

    Raises:
        InputError: on the first use, for a notation that spells two quantities alike.
    """

    def __init__(self, model: Model, notation: Notation = FOUNDING) -> None:
        self.model = model
        self.notation = notation
        self._spelled: dict[tuple[str, Indices], Spelling] = {}

    @classmethod
    def of(cls, model: Model, notation: Notation = FOUNDING) -> Vocabulary:
        """The vocabulary of a model in a notation, one for all printers of a document."""
        for known in _LAST:
            if known.model is model and known.notation is notation:
                return known
        _LAST.append(cls(model, notation))
        return _LAST[-1]

    def spell(self, name: str, indices: Indices = ()) -> Spelling:
        """One entry of a quantity; an index that stands for every value is left out."""
        found = self._spelled.get((name, indices))
        if found is None:
            found = self._spelled[name, indices] = self._spell(name, indices)
        return found

    def _spell(self, name: str, indices: Indices) -> Spelling:
        slot = self.slots.get(name)
        if slot is None:
            own = general_name(name, self.model.quantities) if self.is_general else own_name(name)
            return _own_slot(own, indices)
        return slot.spell(tuple(map(self._shown, indices)))

    def spell_delta(self, name: str, indices: Indices = ()) -> Spelling | None:
        """The letter for the loss's derivative by a quantity; None where there is none."""
        slot = self.deltas.get(name)
        return None if slot is None else slot.spell(tuple(map(self._shown, indices)))

    def spell_index(self, name: str) -> Spelling:
        """An index by its letter in the model; one that is numbered keeps its number."""
        if self.is_general:
            return own_name(name)
        letter = name.rstrip("0123456789")
        return own_name(self.letters.get(letter, letter) + name[len(letter) :])

    def _shown(self, index: Expr) -> Expr:
        if not index.is_Symbol or index == EVERY or self.is_general:
            return index
        letter = index.name.rstrip("0123456789")
        shown = self.letters.get(letter, letter)
        return index if shown == letter else Symbol(shown + index.name[len(letter) :], integer=True)

    @property
    def is_general(self) -> bool:
        """Whether the model has no layers: its quantities keep their own names and letters."""
        return not self.model.has_layers

    @cached_property
    def letters(self) -> dict[str, str]:
        """The letter that each index of the model is shown by."""
        slots = (*self.slots.values(), *self.deltas.values())
        return index_letters(self.model, self.notation, slots, function_letters(self.model))

    def spell_function(self, name: str) -> Spelling:
        """A generic function; that of the loss has the letter of one sample's loss."""
        if name not in {q.name for q in self._losses}:
            return own_name(name)
        each = [q.name for q in self._losses if q.ranges and self.slots[q.name].part]
        return replace(self.slots[each[0] if each else name].entry, indices=())

    def spell_rate(self) -> Spelling:
        """The learning rate: eta, or alpha where eta is an array's letter."""
        taken = {slot.entry.base for slot in self.slots.values()}
        return Spelling("alpha" if "eta" in taken else "eta")

    def spell_size(self, name: str) -> Spelling:
        """A size by its name in the model: the number of samples has the notation's letter."""
        if any(r.is_rows and r.name == name for q in self.model.given for r in q.ranges):
            return own_name(self.notation.samples)
        letter, _, number = name.partition("_")
        return Spelling(letter, indices=(number,)) if number.isdigit() else own_name(name)

    def read(self, spelling: Spelling) -> Meaning | None:
        """What a spelling stands for; None where it stands for nothing in this model."""
        for slot in self._by_letter.get(spelling.name, ()):
            indices = slot.read(spelling)
            if indices is not None:
                meant = tuple(self._meant.get(index, index) for index in indices)
                return Meaning(slot.quantity, meant, slot.is_delta)
        return None

    @cached_property
    def _meant(self) -> dict[Expr, Expr]:
        """The model's own letter for each index that a spelling may show."""
        pairs = ((Symbol(new, integer=True), old) for old, new in self.letters.items())
        return {shown: Symbol(own, integer=True) for shown, own in pairs}

    @property
    def slots(self) -> dict[str, Slot]:
        """How each quantity is spelled, by name."""
        return self._tables[0]

    @property
    def deltas(self) -> dict[str, Slot]:
        """How the loss's derivative by each quantity is spelled, for those that have a letter."""
        return self._tables[1]

    @cached_property
    def _tables(self) -> Tables:
        if self.is_general:
            names = self.model.quantities
            return {name: _general_slot(q, names) for name, q in names.items()}, {}
        parts = {name: self._part(q) for name, q in self.model.quantities.items()}
        slots = {
            name: self._slot(quantity, parts[name], is_delta=False)
            for name, quantity in self.model.quantities.items()
        }
        deltas = {
            name: self._slot(quantity, parts[name], is_delta=True)
            for name, quantity in self.model.quantities.items()
            if slots[name].part and self._has_delta(quantity)
        }
        return apart(self.model, self.notation, (slots, deltas), _by_own_name)

    def _has_delta(self, quantity: Quantity) -> bool:
        if self.notation.delta is None:
            return False
        if quantity.role is Role.PREACTIVATION:
            return quantity.layer > 0
        return self.notation.differentials and quantity.role not in (
            Role.LOSS,
            Role.CONSTANT,
            Role.TARGET,
        )

    def counted(self) -> Iterator[tuple[Spelling, Spelling]]:
        """What has a number through all layers, by it and by its layer and indices.

        Of an array with many entries the first two and the last.
        """
        for quantity in self.model.quantities.values():
            slot = self.slots[quantity.name]
            if not self.is_counted(quantity.name):
                continue
            axes = [map(Integer, range(1, size + 1)) for size in reversed(quantity.shape)]
            entries = [entry[::-1] for entry in product(*axes)]
            if len(entries) > _FEW:
                entries = [*entries[:2], entries[-1]]
            for entry in entries:
                yield slot.spell(entry), slot.spell_by_indices(entry)

    def is_counted(self, name: str) -> bool:
        """Whether single entries of a quantity have a number through all layers."""
        slot = self.slots[name]
        lettered = slot.lettered is not None and bool(slot.lettered.layer)
        return self.counts and slot.before >= 0 and not slot.has_sample and lettered

    def delta_factor(self, name: str) -> Expr:
        """What delta is to be multiplied by for the loss's derivative by a quantity.

        It is -1 where delta is the negative derivative, and 1/N for the quantities of a sample
        where delta belongs to the loss of that sample alone and the whole loss is their mean.
        """
        ranges = self.model.quantities[name].ranges
        own = self.notation.delta_per_sample and bool(ranges) and ranges[0].is_rows
        return self.notation.delta_sign * (self._share if own else S.One)

    @cached_property
    def _share(self) -> Expr:
        """The factor of one sample's loss in the whole loss: 1/N, or 1 where they are summed."""
        for equation in self.model.equations:
            for each in equation.expression.atoms(Sum):
                upper = each.limits[0][2]
                rows = (r for q in self.model.given for r in q.ranges if r.is_rows)
                if any(upper == r.upper for r in rows) and not equation.quantity.ranges:
                    return equation.expression.coeff(each)
        return S.One

    @cached_property
    def _by_letter(self) -> dict[tuple[str, str, int], list[Slot]]:
        found: dict[tuple[str, str, int], list[Slot]] = defaultdict(list)
        for slot in (*self.slots.values(), *self.deltas.values()):
            bodies = (slot.entry, slot.whole, slot.row, *filter(None, (slot.lettered,)))
            for name in dict.fromkeys(body.name for body in bodies):
                found[name].append(slot)
        return found

    # From forms to spellings ----------------------------------------------------------------------

    def _slot(self, quantity: Quantity, part: str, *, is_delta: bool) -> Slot:
        own: Form | None = getattr(self.notation, part) if part else None
        if own is None:
            return _by_own_name(quantity)
        form = self._delta_form(own) if is_delta else own
        if form.layer != LayerMark.NEVER and not quantity.layer and part != "input":
            return _by_own_name(quantity)
        if quantity.role is Role.LOSS:
            form = self._with_users_letter(form)
        if not form.base and not _is_letter(quantity.name):
            return _by_own_name(quantity)

        def bare(shape: Form) -> Spelling:
            base = shape.base or quantity.name
            script = shape.style is Style.SCRIPT
            return Spelling(
                base,
                style=shape.style if base.isupper() or not script else Style.ITALIC,
                accent=shape.accent,
                primes=shape.primes,
                layer=self._layer(quantity, shape, part),
                prefix=shape.prefix,
                label=shape.label,
                brackets=self.notation.brackets,
                commas=self.notation.commas,
            )

        array = form.whole or form
        row = bare(array if len(quantity.ranges) > 1 else form)
        batch = bool(quantity.ranges) and quantity.ranges[0].is_rows
        letter = form.batch if batch and len(quantity.ranges) > 1 else ""
        whole = bare(array) if quantity.ranges else bare(form)
        counted = form.flat and self._can_count(quantity)
        lettered = bare(form.lettered or form) if form.flat else None
        return Slot(
            quantity,
            is_delta,
            part,
            entry=bare(form) if counted or lettered is None else lettered,
            whole=replace(whole, base=letter) if letter else whole,
            row=row,
            lettered=lettered if counted else None,
            last=form.last,
            exchanged=(
                quantity.role is Role.WEIGHT and self.notation.index_order is IndexOrder.TO_FROM
            ),
            sample_above=(form.sample or self.notation.sample) is SamplePlace.ABOVE,
            before=self._before(quantity, part) if counted else -1,
            counts=self.counts,
        )

    @cached_property
    def counts(self) -> bool:
        """Whether flat numbers are written: beside a sum there would be letters as well."""
        wide = (r.size for q in self.model.quantities.values() for r in q.ranges if not r.is_rows)
        return all(0 < size <= _COUNTED for size in wide)

    def _delta_form(self, own: Form) -> Form:
        """The form of the derivative: a letter of its own, or a ``d`` before the quantity's."""
        delta = self.notation.delta
        assert delta is not None
        if not delta.base:
            return _prefixed(own, delta.prefix)
        if not delta.flat:
            return delta
        layered = replace(delta, flat=False, label=own.label, layer=LayerMark.IF_SEVERAL)
        return replace(delta, label=own.label, whole=layered, lettered=layered)

    def _part(self, quantity: Quantity) -> str:
        """The name of the notation's form for a quantity; empty for none."""
        if quantity.role is Role.PREACTIVATION and 0 < self._depth == quantity.layer:
            return "output_pre"
        if quantity.role is Role.LOSS:
            return self._loss_part(quantity)
        return _PARTS.get(quantity.role, "")

    def _loss_part(self, quantity: Quantity) -> str:
        if quantity.ranges:
            return "sample_loss"
        totals = [q for q in self._losses if not q.ranges]
        if len(totals) > 1 and quantity == totals[-1]:
            return "decayed"
        if len(totals) > 1 and self.notation.undecayed is not None:
            return "undecayed"
        in_batch = len(totals) < len(self._losses)
        return "cost" if in_batch and self.notation.cost is not None else "loss"

    @cached_property
    def _losses(self) -> list[Quantity]:
        return [q for q in self.model.quantities.values() if q.role is Role.LOSS]

    def _with_users_letter(self, form: Form) -> Form:
        """A generic loss has a letter of the user's, which goes before the notation's."""
        letter = next((q.name for q in self._losses if not q.ranges), "L")
        if letter == "L" or form.base != self.notation.loss.base:
            return form
        whole = form.whole and replace(form.whole, base=letter)
        return replace(form, base=letter if _is_letter(letter) else "", whole=whole)

    def _layer(self, quantity: Quantity, form: Form, part: str) -> str:
        several = form.layer == LayerMark.IF_SEVERAL and self._count(part) > 1
        if form.layer == LayerMark.ALWAYS or several:
            return str(quantity.layer + form.shift)
        return ""

    def _count(self, part: str) -> int:
        """How many layers have a quantity of this kind."""
        if part in ("weight", "bias"):
            return self._depth
        return self._depth - 1 if part in ("preactivation", "activation") else 1

    def _can_count(self, quantity: Quantity) -> bool:
        return bool(quantity.layer) and len(quantity.ranges) <= 2

    def _before(self, quantity: Quantity, part: str) -> int:
        """How many entries of the same kind earlier layers have."""
        return sum(
            prod(r.size for r in other.ranges if not r.is_rows)
            for other in self._of_part(part)
            if other.layer < quantity.layer
        )

    def _of_part(self, part: str) -> Iterator[Quantity]:
        return (q for q in self.model.quantities.values() if self._part(q) == part)

    @cached_property
    def _depth(self) -> int:
        """The number of layers: that of the output."""
        layers = [q.layer for q in self.model.quantities.values() if q.role is Role.OUTPUT]
        return max(layers, default=0)


_PARTS = {
    Role.INPUT: "input",
    Role.TARGET: "target",
    Role.WEIGHT: "weight",
    Role.BIAS: "bias",
    Role.PREACTIVATION: "preactivation",
    Role.ACTIVATION: "activation",
    Role.OUTPUT: "output",
    Role.CONSTANT: "constant",
}


def _is_letter(name: str) -> bool:
    return len(name) == 1 or name in GREEK


def _prefixed(form: Form, prefix: str) -> Form:
    return replace(
        form,
        prefix=prefix,
        whole=form.whole and _prefixed(form.whole, prefix),
        lettered=form.lettered and _prefixed(form.lettered, prefix),
    )


def _by_own_name(quantity: Quantity) -> Slot:
    own = own_name(quantity.name)
    bare = replace(own, indices=())
    return Slot(quantity, False, "", bare, own, bare, first=own.indices)


def _general_slot(quantity: Quantity, names: Collection[str]) -> Slot:
    own = general_name(quantity.name, names)
    return Slot(quantity, False, "", own, own, own)


def _own_slot(own: Spelling, indices: Indices) -> Spelling:
    below = tuple(map(index_text, indices))
    return replace(own, indices=own.indices + below)


_LAST: deque[Vocabulary] = deque(maxlen=8)
"""Those that were asked for last: a document has some fifteen printers, and few vocabularies."""
