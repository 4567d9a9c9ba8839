"""Which symbols are scalars, vectors and matrices, and what their shapes have to do with another.

Words beside a symbol, its font, the indices it has elsewhere and its own definition tell, in this
order. Only a document that shows arrays somewhere (a transpose, an elementwise product, bold
letters) has any that are not indexed.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from symback.reading.formula.languages import words
from symback.reading.formula.syntax import (
    Abs,
    BigSum,
    Brace,
    Call,
    Derivative,
    Fraction,
    Group,
    Indicator,
    Matrix,
    Nabla,
    Node,
    Norm,
    Number,
    Operator,
    Power,
    Product,
    Relation,
    Sqrt,
    Sum,
    Symbol,
    Transpose,
    is_inner_product,
    stripped,
)  # fmt: skip
from symback.reading.network.factors import (
    counted,
    made_by_matrices,
    multiplied_capitals,
    put_into_functions,
    ranks_by_products,
)
from symback.reading.network.naming import LOSSES, Parts
from symback.reading.network.symbols import (
    base_of,
    everything,
    quantities,
    spelled,
    twice_by,
)

if TYPE_CHECKING:
    from symback.reading.network.document_model import DocumentModel
    from symback.reading.network.places import Definition, Env
    from symback.reading.statements.statements import Statement

__all__ = ["DETERMINANTS", "ELEMENTWISE", "LOSSES", "ONE", "Ranks"]

OUTER = "outer"
"""The function of two vectors whose value has every product of their entries."""

DIAGONAL = "diag"
"""The function of a vector whose value is the matrix with its entries on the diagonal."""

TRACES = frozenset(["tr", "Tr", "trace"])
"""The names of the sum of what is on a square matrix's diagonal."""

DETERMINANTS = frozenset(["det", "Det"])
"""The names of determinants."""

ELEMENTWISE = frozenset([Operator.ODOT, Operator.CIRC, Operator.OTIMES])
ONE = "one"
"""The range of one value: a vector's columns, or its rows."""
_SCALARS = frozenset(
    "eta alpha lambda mu gamma rho tau beta1 N M n m K k i j t T L l C J E R pi p".split()
)
_WORDS = (
    (2, re.compile(words("matrix"), re.IGNORECASE)),
    (1, re.compile(words("vector"), re.IGNORECASE)),
    (0, re.compile(words("number"), re.IGNORECASE)),
)
_OF_A_MATRIX = 2
_SYMMETRIC = re.compile(words("symmetric"), re.IGNORECASE)
_IS = re.compile(r"\s*" + words("is") + r"[^,;:$，。；：]{0,40}")
Dims = tuple[Hashable, Hashable]


def _twice_differentiated_by(operands: Iterable[Node]) -> Iterator[str]:
    """The letters by which a Hessian is, which are vectors: that of a matrix has four indices."""
    for node in (part for operand in operands for part in everything(operand)):
        by = twice_by(node)
        if isinstance(by, Symbol) and not by.subscripts:
            yield base_of(by)


def _is_vector(dims: Dims) -> bool:
    return ONE in dims


class Ranks:
    """The rank of every symbol that stands without indices."""

    def __init__(self, model: DocumentModel) -> None:
        self.model = model
        self.told: dict[tuple[str, str], int] = {}
        self.said: dict[tuple[str, str], int] = {}  # of what has no equation, by words before it
        self.shapes: dict[tuple[str, str], tuple[Parts, tuple[Node, ...]]] = {}
        self.bold: dict[str, int] = {}
        self.transposed: set[str] = set()
        self.single: list[Parts] = []
        self.rows: set[str] = set()
        self.settled: dict[tuple[str, str], int] = {}
        self.multiplied: dict[str, int] = {}
        self.capitals: tuple[str, ...] = ()
        self.used: set[str] = set()
        self.valued: set[str] = set()
        self.entrywise: set[str] = set()
        self._known: dict[tuple[str, str], int] = {}

    def learn_products(self, operands: Iterable[Node]) -> None:
        """Learn from the equations' products which letters are no numbers, whatever they look like.

        Args:
            operands: all that the document writes, which shows what counts something.
        """
        counts = counted(self.model.names, operands)
        definitions = list(self.model.definitions.all())
        defined = {definition.parts.base for definition in definitions}

        def is_usual(base: str) -> bool:
            letter = base.rstrip("'").split()[-1]
            return base not in defined and (letter in _SCALARS or len(letter) > 1)

        bodies = [definition.body for definition in definitions]
        self.multiplied = ranks_by_products(self.model.names, bodies, is_usual, counts)
        for letter in _twice_differentiated_by(operands):
            self.told.setdefault((letter, ""), 1)
        for parts in self._added_to_entries(definitions):
            self.told.setdefault((parts.base, parts.tag), 0)
        self.capitals = multiplied_capitals(self.model.names, bodies, counts | self.valued)
        self.entrywise = set(self._entrywise(bodies))
        self.used = {*self.capitals, *put_into_functions(self.model.names, bodies)}
        made = ((each.parts.base, each.body) for each in definitions)
        self.used |= made_by_matrices(made, self.capitals, self.model.names)

    def _added_to_entries(self, definitions: Iterable[Definition]) -> Iterator[Parts]:
        r"""What is added to an entry is a number: the b of `y_ij = \sum_kl w_kl x_{i+k,j+l} + b`.

        One index alone can be that of a whole vector, `h_t = W x_t + b`, if not all else has one.
        """
        for definition in definitions:
            body = stripped(definition.body)
            if not isinstance(body, Sum) or not definition.parts.indices:
                continue
            terms = list(map(stripped, body.terms))
            bare = [term for term in terms if isinstance(term, Symbol) and not term.subscripts]
            others = [term for term in terms if term not in bare]
            summed = any(isinstance(part, BigSum) for term in others for part in everything(term))
            if len(definition.parts.indices) < _OF_A_MATRIX and not summed:
                continue
            split = self.model.names.split
            if others and all(split(s).indices for term in others for s in quantities(term)):
                yield from (parts for parts in map(split, bare) if self.is_open(parts))

    def _entrywise(self, bodies: Iterable[Node]) -> Iterator[str]:
        r"""The letters beside a sign that multiplies entries, `\gamma \odot \hat x`: no numbers."""
        for node in (part for body in bodies for part in everything(body)):
            if isinstance(node, Product):
                for at, operator in enumerate(node.operators):
                    if operator in (Operator.ODOT, Operator.CIRC):
                        for symbol in map(stripped, node.factors[at : at + 2]):
                            if isinstance(symbol, Symbol):
                                yield self.model.names.split(symbol).base

    def settle(self, ranks: Mapping[tuple[str, str], int]) -> None:
        """Take these ranks for the letters that nothing tells the rank of, and forget the rest."""
        self.settled = dict(ranks)
        self._known.clear()

    def forget(self) -> None:
        """Forget what was found of ranks, since something that they hang on has changed."""
        self._known.clear()

    def is_open(self, parts: Parts) -> bool:
        """Say whether nothing but its uses can tell the rank of a quantity without indices."""
        key = (parts.base, parts.tag)
        names = self.model.names
        return not (
            parts.indices
            or key in self.told
            or key in self.said
            or parts.base in self.bold
            or key in names.ranks_of_named
            or (parts.base in names.ranks and not names.subscripts_are_layers)
            or self.model.definitions.of.get(key)
            or key in self.model.definitions.signatures
            or self._is_loss(parts)
        )

    def take_for_numbers(self) -> bool:
        """Take the bias of a regression for a number: b of `X w + b`, where w and b are learnt.

        One bias is added to the outputs of all samples, which are the rows of the data. Say
        whether there is any.
        """
        before = len(self.told)
        learnt = self.model.names.differentiated_by
        for definition in self.model.definitions.all():
            match stripped(definition.body):
                case Sum(terms=(term, Symbol() as bias), signs=(1, 1)):
                    pass
                case _:
                    continue
            match stripped(term):
                case Product(factors=(Symbol() as data, Symbol() as weights)):
                    names = [self.model.names.split(each) for each in (data, weights, bias)]
                case _:
                    continue
            if any(parts.indices or parts.layer is not None for parts in names):
                continue
            is_learnt = [parts.base in learnt for parts in names]
            own = names[2]
            if is_learnt == [False, True, True] and bias.name.islower() and self.is_open(own):
                if self.of(names[0]) == 2 and self.of(names[1]) == 1:
                    self.told[own.base, own.tag] = 0
        self._known.clear()
        return len(self.told) > before

    def _is_loss(self, parts: Parts) -> bool:
        """Say whether a letter is that of a loss: nobody differentiates by one."""
        names = self.model.names
        return (
            (parts.base in LOSSES or parts.base in names.with_gradients)
            and parts.base not in self.multiplied
            and parts.base not in self.used
            and parts.base not in names.ranks
            and parts.base not in names.between
            and parts.base not in names.differentiated_by
        )

    def learn(self, statement: Statement) -> None:
        """Learn from the words beside a symbol and from the space it is said to be in."""
        for side in (statement.left, statement.right):
            for part in side.walk() if side is not None else ():
                if isinstance(part, Transpose) and isinstance(body := stripped(part.body), Symbol):
                    self.transposed.add(self.model.names.canonical(body))
                elif isinstance(part, Symbol) and part.font == "bold" and not part.subscripts:
                    rank = 2 if part.name[:1].isupper() else 1
                    self.bold.setdefault(self.model.names.canonical(part), rank)
        node = statement.left
        if not isinstance(node, Symbol):
            return
        parts = self.model.names.split(node)
        if parts.indices:
            return
        key = (parts.base, parts.tag)
        if isinstance(statement.right, Number):
            self.valued.add(parts.base)
        if statement.relation == "\\in" and isinstance(statement.right, Symbol | Power):
            space = spelled(statement.right)
            body = statement.right
            if isinstance(body, Symbol) and body.name == "R" and body.font:
                size = body.bare
                rank = 1 if size is not None else 0
                if size is not None and parts.layer is None:
                    factors = size.factors if isinstance(size, Product) else (size,)
                    self.shapes.setdefault(key, (parts, factors))
                if isinstance(size, Product):
                    ones = [factor == Number("1") for factor in size.factors]
                    rank = 1 if any(ones) else 2
                    if ones[0] and not ones[-1]:
                        self.rows.add(parts.base)
                if rank == 0 and parts.layer is not None:
                    self.single.append(
                        parts
                    )  # one layer has one unit, and the others may have more
                self.told[key] = max(rank, self.told.get(key, 0))
            del space
        elif not statement.relation:
            after = statement.excerpt.after[:60].split(".")[0]
            said = _IS.match(after)
            if said is not None:
                for rank, words in _WORDS[:2]:
                    if words.search(said.group()):
                        self.told.setdefault(key, rank)
                        break
                else:
                    if node.name[:1].isupper() and _SYMMETRIC.search(said.group()):
                        self.told.setdefault(key, 2)
            elif statement.excerpt.text.strip() and after.lstrip()[:1] in (":", "("):
                for rank, words in _WORDS:
                    if words.search(after):
                        self.told.setdefault(key, rank)
                        break

    def rank(self, symbol: Symbol) -> int:
        """0 for a scalar, 1 for a vector, 2 for a matrix."""
        parts = self.model.names.split(symbol)
        if parts.indices:
            return 0
        if symbol.font == "bold" or "vec" in symbol.accents:
            matrix = symbol.name[:1].isupper() and "vec" not in symbol.accents
            self.bold[parts.base] = 2 if matrix else 1
        return self.of(parts)

    def is_guessed(self, symbol: Symbol) -> bool:
        """Say whether nothing but the look of a letter tells its rank."""
        parts = self.model.names.split(symbol)
        if parts.indices or not self.model.arrays:
            return False
        self.rank(symbol)
        key = (parts.base, parts.tag)
        letter = parts.base.rstrip("'").split()[-1]
        if letter.isupper() or letter in _SCALARS or len(letter) > 1:
            return False
        if key in self.told or parts.base in self.bold or self.model.definitions.of.get(key):
            return False
        return parts.base not in self.model.names.ranks and parts.base not in self.transposed

    def is_said_number(self, symbol: Symbol) -> bool:
        r"""Say whether a document says that a letter without indices is a number, `b \in R`."""
        parts = self.model.names.split(symbol)
        return not parts.indices and self.told.get((parts.base, parts.tag)) == 0

    def is_shown(self, symbol: Symbol) -> bool:
        """Say whether words, a space, a font, entries or a transpose show that it is an array."""
        parts = self.model.names.split(symbol)
        key = (parts.base, parts.tag)
        return (
            self.told.get(key, 0) > 0
            or key in self.shapes
            or parts.base in self.bold
            or parts.base in self.transposed
            or parts.base in self.model.names.ranks
            or symbol.font == "bold"
            or symbol.name[:1].isupper()
        )

    def of(self, parts: Parts) -> int:
        """The rank of a quantity that stands without indices."""
        key = (parts.base, parts.tag)
        if key not in self._known:
            self._known[key] = self._default(parts, key)
            self._known[key] = self._found(parts, key)
        return self._known[key]

    def _default(self, parts: Parts, key: tuple[str, str]) -> int:
        letter = parts.base.rstrip("'").split()[-1]
        if self.model.arrays and key in self.said:
            return self.said[key]
        if self.model.arrays and parts.base in self.bold:
            return self.bold[parts.base]
        if self.model.arrays and parts.base in self.model.names.between:
            return 2
        if self.model.arrays and parts.base in self.multiplied:
            return self.multiplied[parts.base]
        if self.model.arrays and parts.layer is not None and self.model.definitions.of.get(key):
            return 2 if letter.isupper() else 1  # what a layer is made of, until its equation tells
        if not self.model.arrays or (
            (letter in _SCALARS or len(letter) > 1) and parts.base not in self.entrywise
        ):
            return 1 if self.model.arrays and letter in ("delta", "epsilon") else 0
        return 2 if letter.isupper() or letter == "w" else 1

    def _found(self, parts: Parts, key: tuple[str, str]) -> int:
        if key in self.told:
            return self.told[key]
        names = self.model.names
        if self._is_loss(parts):
            return 0
        if self.model.arrays and key in names.ranks_of_named:
            return names.ranks_of_named[key]
        bare = [d for d in self.model.definitions.of.get(key, ()) if not d.parts.indices]
        if bare and parts.base not in self.bold:
            named = isinstance(bare[0].body, Symbol)  # another name for the same quantity
            return self.infer(bare[0].body) if named or self.model.arrays else 0
        if key in self.model.definitions.signatures:
            return 0
        if key in self.settled:
            return self.settled[key]
        if parts.base in names.ranks and not names.subscripts_are_layers:
            return names.ranks[parts.base]
        return self._default(parts, key)

    def infer(self, node: Node) -> int:
        """The rank that an expression must have, from its own form."""
        if isinstance(node, Symbol):
            return self.rank(node)
        if isinstance(node, Sum):
            return max(map(self.infer, node.terms))
        if isinstance(node, Product):
            return self._product_rank(node)
        if isinstance(node, Group | Brace | BigSum | Transpose):
            return self.infer(node.body)
        if isinstance(node, Call):
            if node.function.name in ("max", "min"):
                return max(map(self.infer, node.arguments))
            if node.function.name == OUTER:
                return 2
            if node.function.name in TRACES | DETERMINANTS:
                return 0
            if node.function.name == DIAGONAL and len(node.arguments) == 1:
                return {1: 2, 2: 1}.get(self.infer(node.arguments[0]), 0)
            return self.infer(node.arguments[0]) if len(node.arguments) == 1 else 0
        if isinstance(node, Derivative):
            return max(map(self.infer, node.by))
        if isinstance(node, Nabla):
            return self.infer(node.by) if node.by is not None else 1
        if isinstance(node, Fraction):
            return self.infer(node.numerator)
        if isinstance(node, Power):
            return 0 if isinstance(node.base, Norm) else self.infer(node.base)
        if isinstance(node, Indicator):
            return max(map(self.infer, self._tested(node)), default=0)
        if isinstance(node, Matrix):
            return 2 if len(node.rows[0]) > 1 else 1
        return 0

    def _product_rank(self, node: Product) -> int:
        ranks = [(self.infer(factor), isinstance(factor, Transpose)) for factor in node.factors]
        groups = [ranks[:1]]
        for operator, entry in zip(node.operators, ranks[1:], strict=True):
            if operator in ELEMENTWISE:
                groups.append([])
            groups[-1].append(entry)
        return max(map(self._matrix_product_rank, groups))

    def _matrix_product_rank(self, ranks: Sequence[tuple[int, bool]]) -> int:
        """The rank of factors side by side, each with whether it is transposed."""
        arrays = [entry for entry in ranks if entry[0]]
        if not arrays:
            return 0
        for one, other in pairwise(arrays):
            if one == (1, True) and other == (1, False) and len(arrays) == 2:
                return 0 if self.model.columns else 2
            if one == (1, False) and other == (1, True) and len(arrays) == 2:
                return 2
        if len(arrays) > 2:
            return self._folded(arrays)
        return min(rank for rank, _ in arrays) if len(arrays) > 1 else arrays[0][0]

    def _folded(self, arrays: Sequence[tuple[int, bool]]) -> int:
        """The rank of a product of vectors and matrices: `x^T A x` is a number."""
        columns = self.model.columns is not False
        shapes = [(rank == 1 and turned == columns, rank == 1 and turned != columns)
                  for rank, turned in arrays]  # fmt: skip
        rows, cols = shapes[0]
        for one_row, one_column in shapes[1:]:
            if rows and cols:
                rows, cols = one_row, one_column
            elif cols == one_row:
                cols = one_column
            else:
                return min(rank for rank, _ in arrays)
        return 2 - rows - cols

    def _is_plain_quantity(self, node: Node) -> bool:
        """Say whether an operand is a letter without indices, and no number nor formula."""
        body = stripped(node)
        return isinstance(body, Symbol) and not self.model.names.split(body).indices

    def _tested(self, node: Indicator) -> list[Node]:
        """What a condition compares, but for indices."""
        condition = stripped(node.condition)
        operands = condition.operands if isinstance(condition, Relation) else ()
        return [operand for operand in operands if not self.model.names.is_index(operand)]

    def _is_outer(self, node: Node) -> bool:
        """Say whether this is the product of two vectors, one of them transposed."""
        body = stripped(node)
        factors = body.factors if isinstance(body, Product) else ()
        return (
            len(factors) == 2
            and any(isinstance(factor, Transpose) for factor in factors)
            and all(self.infer(factor) == 1 for factor in factors)
        )

    # Shapes ---------------------------------------------------------------------------------------

    def symbol_dims(self, parts: Parts, env: Env) -> Dims | None:
        """The ranges of a symbol's rows and columns; None for a scalar."""
        rank = self.of(parts)
        if not rank:
            return None
        place = self.model.place(parts, env)
        self.model.sizes.fix(ONE, 1)
        across = self.is_across(parts)
        if rank == 1:
            return ((place, 0), ONE) if self.model.columns is not across else (ONE, (place, 0))
        return ((place, 1), (place, 0)) if across else ((place, 0), (place, 1))

    def is_across(self, parts: Parts) -> bool:
        """Say whether the first index runs over the columns: that of samples, which are columns."""
        if parts.base not in self.model.names.sampled:
            return False
        return self.of(parts) == 1 or self.model.columns

    def dims(self, node: Node, env: Env, scope: Hashable) -> Dims | None:
        """The ranges of an expression's rows and columns, uniting what must be equal."""
        unite = self.model.sizes.unite
        if isinstance(node, Symbol):
            parts = self.model.names.split(node)
            self.rank(node)
            return None if parts.indices else self.symbol_dims(parts, env)
        if isinstance(node, Group | Brace):
            return self.dims(node.body, env, scope)
        if isinstance(node, BigSum):
            return self.dims(node.body, env, scope)
        if isinstance(node, Transpose):
            inner = self.dims(node.body, env, scope)
            if inner is None and self._is_plain_quantity(node.body):
                self.model.sizes.strain += 1  # nobody transposes a number
            return inner and (inner[1], inner[0])
        if isinstance(node, Sum | Product):
            operands = node.terms if isinstance(node, Sum) else node.factors
            each = [self.dims(part, env, scope) for part in operands]
            found = [(at, dims) for at, dims in enumerate(each) if dims]
            total: Dims | None = None
            last = -1
            for at, dims in found:
                if total is None:
                    total = dims
                elif isinstance(node, Product) and dims == (ONE, ONE):
                    pass  # the number that `q^T q` is divides a vector
                elif isinstance(node, Sum) and _is_vector(total) != _is_vector(dims):
                    # Biases are added to every sample of a batch.
                    vector, matrix = (total, dims) if _is_vector(total) else (dims, total)
                    place = 1 if vector[0] == ONE else 0
                    unite(matrix[place], vector[place])
                    self.model.sizes.spread += 1
                    # `w^T x + b` is a number: nobody adds a vector to all rows of `w x^T`.
                    self.model.sizes.strain += any(map(self._is_outer, node.terms))
                    total = matrix
                elif (
                    isinstance(node, Sum)
                    or not ELEMENTWISE.isdisjoint(node.operators[last:at])
                    or total[0] == dims[0] == ONE
                    or total[1] == dims[1] == ONE
                ):
                    unite(total[0], dims[0])
                    unite(total[1], dims[1])
                elif total[1] == ONE and total[0] != ONE and not _is_vector(dims):
                    self.model.sizes.penalty += 1  # no column stands before a matrix, `a X`
                    total = dims
                else:
                    unite(total[1], dims[0])
                    total = (total[0], dims[1])
                last = at
            if isinstance(node, Sum) and total not in (None, (ONE, ONE)):  # `w^T x` is a number
                # A quantity that is a number is not added to one that has entries.
                lone = [part for part, dims in zip(operands, each, strict=True) if not dims]
                self.model.sizes.penalty += sum(map(self._is_plain_quantity, lone))
            return total
        if isinstance(node, Call):
            found_all = [self.dims(part, env, scope) for part in node.arguments]
            if node.function.name in ("max", "min"):
                return next((dims for dims in found_all if dims), None)
            if node.function.name == OUTER and len(found_all) == 2 and all(found_all):
                return _long(found_all[0]), _long(found_all[1])
            if node.function.name in TRACES | DETERMINANTS:
                for across in filter(None, found_all):
                    unite(*across)
                return None
            if node.function.name == DIAGONAL and len(found_all) == 1 and found_all[0]:
                return (_long(found_all[0]), _long(found_all[0]) if ONE in found_all[0] else ONE)
            return found_all[0] if len(found_all) == 1 else None
        if isinstance(node, Fraction):
            above, below = (self.dims(x, env, scope) for x in (node.numerator, node.denominator))
            if below and (not above or (_is_root(node.denominator) and not _is_vector(above))):
                self.model.sizes.penalty += 1  # `Q K^T / sqrt(d)`: no matrix is divided by a vector
            return above
        if isinstance(node, Sqrt):
            return self.dims(node.body, env, scope)
        if isinstance(node, Power):
            inner = self.dims(node.base, env, scope)
            if inner and not _is_vector(inner) and _is_less_than_one(node.exponent):
                unite(*inner)  # what has an inverse is square
            return None if isinstance(node.base, Norm) else inner
        if isinstance(node, Abs):
            inner = self.dims(node.body, env, scope)
            if inner and not _is_vector(inner):
                unite(*inner)  # a determinant
                return None
            return inner
        if isinstance(node, Norm):
            self.dims(node.body, env, scope)
        if isinstance(node, Indicator):
            shapes = [self.dims(operand, env, scope) for operand in self._tested(node)]
            return next(filter(None, shapes), None)
        if is_inner_product(node):
            first, second = (self.dims(item, env, scope) for item in node.children())
            if first and second:
                unite(first[0], second[0])
                unite(first[1], second[1])
        if isinstance(node, Derivative) and len(node.by) == 1:
            return self.dims(node.by[0], env, scope)
        return None


def _is_less_than_one(node: Node) -> bool:
    """Say whether an exponent is that of an inverse, `-1`."""
    return isinstance(node, Sum) and node.terms == (Number("1"),) and node.signs == (-1,)


def _is_root(node: Node) -> bool:
    """Say whether this is the root of a letter, as that of a size is."""
    return isinstance(node, Sqrt) and isinstance(stripped(node.body), Symbol)


def _long(dims: Dims | None) -> Hashable:
    """The range of a vector's entries, be it a row or a column."""
    assert dims is not None
    return dims[1] if dims[0] == ONE else dims[0]
