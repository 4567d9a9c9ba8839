"""Which quantities are numbers, vectors and matrices, as all equations together need it.

What the equations leave open is taken as small as it can be, and as its letter suggests, a capital
one for a matrix; a line is only decided where all choices come to the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import product

from symback.reading.formula.syntax import Node, Product, Symbol, Transpose, stripped
from symback.reading.network.symbols import everything
from symback.reading.proving.kinds import ENTRYWISE, Kinds, is_index, names_in
from symback.reading.proving.names import Name, Spelling, letters_of
from symback.records import dataclass

__all__ = ["solved"]

_MATRIX = 2
_MOST = 4096
"""So many choices are tried for one equation."""


@dataclass
class _Domains:
    """The numbers of indices that each quantity can have, narrowed by equations.

    Attributes:
        spelling: how symbols are told apart.
        pairs: the sides of the equations.
        rows: whether vectors are rows.
        adds_up: whether a loss that is an array stands for the sum of its entries.
        of: the numbers, for each quantity.
        names: the quantities of each equation, and what fits it, as they were found before: one
            choice more leaves most equations as they were.
        fitting: what fits, by the equation and what its quantities can be.
    """

    spelling: Spelling
    pairs: list[tuple[Node, Node]]
    rows: bool
    adds_up: bool
    of: dict[Name, tuple[int, ...]]
    names: dict[int, tuple[tuple[Node, Node], list[Name]]] = field(default_factory=dict)
    fitting: dict[Hashable, dict[Name, tuple[int, ...]] | None] = field(default_factory=dict)

    def narrowed(self) -> bool:
        """Leave what fits every equation; False where nothing fits one."""
        again = True
        while again:
            again = False
            for pair in self.pairs:
                found = self._known(pair)
                if found is None:
                    continue
                for name, kept in found.items():
                    if not kept:
                        return False
                    if kept != self.of[name]:
                        self.of[name], again = kept, True
        return True

    def _known(self, pair: tuple[Node, Node]) -> dict[Name, tuple[int, ...]] | None:
        """What fits an equation, looked up where its quantities can be what they could before."""
        left, right = pair
        if id(pair) not in self.names:
            found = (*names_in(self.spelling, left), *names_in(self.spelling, right))
            self.names[id(pair)] = pair, list(dict.fromkeys(found))
        names = self.names[id(pair)][1]
        key = (id(pair), self.rows, self.adds_up, *(self.of[name] for name in names))
        if key not in self.fitting:
            self.fitting[key] = self._fitting(left, right, names)
        return self.fitting[key]

    def _fitting(
        self, left: Node, right: Node, names: list[Name]
    ) -> dict[Name, tuple[int, ...]] | None:
        choices = [self.of[name] for name in names]
        count = 1
        for each in choices:
            count *= len(each)
        if count > _MOST:
            return None
        kept: dict[Name, set[int]] = {name: set() for name in names}
        for totals in product(*choices):
            totals_of = dict(zip(names, totals, strict=True))
            kinds = Kinds(self.spelling, totals_of, self.rows, adds_up=self.adds_up)
            if kinds.fits(left, right):
                for name, total in zip(names, totals, strict=True):
                    kept[name].add(total)
        return {name: tuple(t for t in self.of[name] if t in kept[name]) for name in names}

    def settled(self, first: Mapping[Name, int] | None = None) -> _Domains | None:
        """One choice for all that is open: the smallest, or what is asked for first."""
        own = self
        for name in list(own.of):
            options = sorted(
                own.of[name], key=lambda total: (total != (first or {}).get(name), total)
            )
            for total in options:
                trial = replace(own, of={**own.of, name: (total,)})
                if trial.narrowed():
                    own = trial
                    break
            else:
                return None
        return own

    def kinds(self) -> Kinds:
        totals = {name: of[0] for name, of in self.of.items()}
        return Kinds(self.spelling, totals, self.rows, adds_up=self.adds_up)


def solved(
    spelling: Spelling,
    equations: Iterable[tuple[Node, Node]],
    claims: Iterable[tuple[Node, Node]],
) -> list[Kinds]:
    """The kinds that equations allow: the smallest, and those that letters suggest.

    Args:
        spelling: how symbols are told apart.
        equations: pairs of sides that must fit.
        claims: pairs that have a say where they show arrays, by a transpose or a product entry by
            entry, and do fit: a claim can be wrong, and never makes an array a number.

    Returns:
        Up to four choices: each with vectors as columns and as rows. Where equations are left out
        since they do not fit the others, their quantities are named in `Kinds.unfit`.
    """
    equations, claims = list(equations), list(claims)
    written: dict[Name, int] = {}
    of_layers: set[Name] = set()
    uses: set[tuple[Name, int]] = set()
    for side in (side for pair in (*equations, *claims) for side in pair):
        for part in everything(side):
            if isinstance(part, Symbol) and not is_index(spelling, part):
                name, indices = spelling.use(part)
                written[name] = max(written.get(name, 0), len(indices))
                uses.add((name, len(indices)))
                if any(not spelling.layers.isdisjoint(letters_of(index)) for index in indices):
                    of_layers.add(name)
    domains = {name: tuple(range(count, count + 3)) for name, count in written.items()}
    for name in domains:
        if name.base in spelling.losses:
            domains[name] = (written[name],)
    wanted = {
        name: count + _suggested(name, count, is_of_layers=name in of_layers)
        for name, count in written.items()
        if name.base not in spelling.losses
    }
    found: list[Kinds] = []
    turned = set(_turned(spelling, equations))
    arrays = {name: of[1:] if name in turned else of for name, of in domains.items()}
    for rows in (False, True):
        plain = _Domains(spelling, equations, rows, adds_up=False, of=dict(arrays))
        own, unfit = _fitting(plain)
        if unfit:
            plain = replace(plain, of=dict(domains))
            own, unfit = _fitting(plain)
        if any(name.base in spelling.losses for name in unfit):
            own, unfit = _fitting(replace(plain, adds_up=True, of=dict(domains)))
        for pair in filter(_shows_arrays, claims):
            trial = replace(own, pairs=[*own.pairs, pair], of=dict(own.of))
            if trial.narrowed() and not _makes_numbers(own, trial, wanted):
                own = trial
        for settled in (own.settled(), own.settled(wanted)):
            if settled is None:
                continue
            kinds = settled.kinds()
            vectors = any(kinds.totals[name] - count == 1 for name, count in uses)
            kinds = replace(kinds, rows=rows and vectors, unfit=unfit)
            if kinds not in found:
                found.append(kinds)
    return _believed([kinds for kinds in found if not kinds.unfit] or found, claims, wanted)


def _turned(spelling: Spelling, equations: Iterable[tuple[Node, Node]]) -> Iterator[Name]:
    """The quantities that equations transpose: nobody transposes a number."""
    for side in (side for pair in equations for side in pair):
        for node in everything(side):
            body = stripped(node.body) if isinstance(node, Transpose) else None
            if isinstance(body, Symbol) and not is_index(spelling, body):
                yield spelling.use(body).name


def _believed(
    choices: list[Kinds], claims: Sequence[tuple[Node, Node]], wanted: Mapping[Name, int]
) -> list[Kinds]:
    """The choices without one against which the lines speak, and the letters as well.

    Where lines fit one choice that do not fit another, at least two of them, and its quantities are
    more of what their letters suggest, the other one is not meant. Nor is one with a number for a
    capital letter that can be a matrix, where lines show arrays.
    """
    if len(choices) < 2:
        return choices
    if any(map(_shows_arrays, claims)):
        matrices = {
            name
            for name, total in wanted.items()
            if total == _MATRIX and _is_capital(name)
            if any(kinds.totals[name] == total for kinds in choices)
        }
        choices = [k for k in choices if all(k.totals[name] > 0 for name in matrices)] or choices
    fitting = [sum(kinds.fits(*pair) for pair in claims) for kinds in choices]
    odd = [sum(kinds.totals[name] != total for name, total in wanted.items()) for kinds in choices]
    return [
        kinds
        for kinds, fits, strange in zip(choices, fitting, odd, strict=True)
        if not any(
            other >= fits + 2 and its < strange for other, its in zip(fitting, odd, strict=True)
        )
    ]


def _makes_numbers(before: _Domains, after: _Domains, wanted: Mapping[Name, int]) -> bool:
    """Say whether a line leaves a capital letter no other choice than a number: `W` of `W x`.

    What would fit if a matrix were a number most often lacks a transpose.
    """
    return any(
        _is_capital(name) and total in before.of[name] and after.of[name] == (0,)
        for name, total in wanted.items()
    )


def _is_capital(name: Name) -> bool:
    return name.base.split(" ")[-1][:1].isupper()


def _fitting(domains: _Domains) -> tuple[_Domains, frozenset[Name]]:
    """What is left without the equations that do not fit those before, and what they define."""
    whole = replace(domains, of=dict(domains.of))
    if whole.narrowed():
        return whole, frozenset()
    own = replace(domains, pairs=[])
    unfit: set[Name] = set()
    for pair in domains.pairs:
        trial = replace(own, pairs=[*own.pairs, pair], of=dict(own.of))
        if trial.narrowed():
            own = trial
        else:
            unfit.update(names_in(own.spelling, pair[0]))
    return own, frozenset(unfit)


def _shows_arrays(pair: tuple[Node, Node]) -> bool:
    return any(
        isinstance(node, Transpose)
        or (isinstance(node, Product) and not set(ENTRYWISE).isdisjoint(node.operators))
        for side in pair
        for node in everything(side)
    )


def _suggested(name: Name, written: int, *, is_of_layers: bool) -> int:
    """How many indices more than are written the letter of a quantity suggests.

    An index of layers is none of an array; of others it is not known whether they count steps.
    """
    letter = name.base.split(" ")[-1].rstrip("'")
    if len(letter) > 1 and letter not in ("delta",):
        return 0
    if is_of_layers:
        return max(0, (3 if letter.isupper() else 2) - written)
    return max(0, 2 - written) if letter.isupper() else int(written < 2)
