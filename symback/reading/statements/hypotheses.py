r"""Outputs written as functions of one sample, `h_\theta(x^{(i)})`, with their formula put in.

`h(x) = \theta^T x` says what the output is for any x; for the sample i it is `\theta^T x^{(i)}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Call,
    Cases,
    Derivative,
    Extremum,
    Group,
    Node,
    Number,
    Symbol,
    Unevaluated,
    stripped,
)
from symback.reading.network.symbols import everything, quantities
from symback.reading.statements.blocks import Block, Chain

__all__ = ["with_formulas"]

_OTHERWISE = (Cases, Extremum, Unevaluated)
Formulas = Mapping[Symbol, tuple[tuple[Node, ...], Node]]


def with_formulas(blocks: Sequence[Block]) -> list[Block]:
    """Blocks in which functions of a sample are the formulas that they have for any one.

    That is for functions of which the formula holds what is learnt besides: an activation has none.
    """
    formulas = dict(_formulas(blocks))
    plain = frozenset(_quantities(blocks))
    if not formulas and not plain:
        return list(blocks)
    samples = dict(_only_samples(blocks, formulas))
    anywhere = frozenset(_at_any_argument(blocks, formulas))

    def put_in(node: Node) -> Node:
        return _plain(plain, _put_in(formulas, anywhere, node))

    def read(chain: Chain) -> Chain:
        if isinstance(chain.first, Call) and chain.first.function in samples:
            if chain.first.function in formulas:
                # Of any x it says what it says of each sample, where no other x stands anywhere.
                one = samples[chain.first.function]
                of_samples = chain.with_operands(partial(_of_samples, one))
                return replace(of_samples, first=chain.first)
        new = chain.with_operands(put_in)
        if isinstance(chain.first, Call) and _is_of_sample(formulas, chain.first):
            return replace(new, first=chain.first)
        return new

    return [
        replace(block, items=tuple(read(i) if isinstance(i, Chain) else i for i in block.items))
        for block in blocks
    ]


def _formulas(blocks: Sequence[Block]) -> Iterator[tuple[Symbol, tuple[tuple[Node, ...], Node]]]:
    """Each function with its arguments and the last formula that its first line has for it."""
    found: set[Symbol] = set()
    for chain in (item for block in blocks for item in block.items if isinstance(item, Chain)):
        left = chain.first
        if not isinstance(left, Call) or left.order or left.function in found or not chain.links:
            continue
        arguments = tuple(map(stripped, left.arguments))
        if not all(isinstance(a, Symbol) and not a.subscripts for a in arguments):
            continue  # with marks it is of one sample: `f(x^{(i)}) = w x^{(i)} + b`
        equal = [link.operand for link in chain.links if link.relation in ("=", ":=", "\\equiv")]
        if len(equal) != len(chain.links):
            continue
        if any(isinstance(o, Call) and o.function == left.function for o in map(stripped, equal)):
            continue  # `sigma(z) = sigma(w x + b) = ...` is a function at what it is of
        body = equal[-1]
        letters = {symbol.base for symbol in quantities(body)} - {Symbol("e"), Symbol("pi")}
        learnt = letters - {a.base for a in arguments if isinstance(a, Symbol)} - _functions(body)
        # A loss at a sample, `L(a^{(i)}, y^{(i)})`, is its formula there.
        of_sample = all(isinstance(a, Symbol) and a.marks for a in arguments)
        if (learnt or of_sample) and not isinstance(stripped(body), Symbol | Number):
            found.add(left.function)
            yield left.function, (arguments, body)


def _quantities(blocks: Sequence[Block]) -> Iterator[Symbol]:
    """Functions that are all of one thing, and by which is differentiated as by a quantity.

    Beside `y = T(x) H(x)` the derivative `dL/dH` is by the value of H at that x.
    """
    by: set[Symbol] = set()
    bare: set[Symbol] = set()
    given: dict[Symbol, set[tuple[Node, ...]]] = {}
    for chain in (item for block in blocks for item in block.items if isinstance(item, Chain)):
        for operand in chain.operands:
            nodes = list(everything(operand))
            applied = {id(node.function) for node in nodes if isinstance(node, Call)}
            for node in nodes:
                if isinstance(node, Derivative):
                    by.update(b for b in node.by if isinstance(b, Symbol))
                elif isinstance(node, Call):
                    at = (Symbol("'"),) if node.order else node.arguments
                    given.setdefault(node.function, set()).add(at)
                elif isinstance(node, Symbol) and id(node) not in applied:
                    bare.add(node)
    found = {
        function: arguments
        for function, (arguments, *others) in given.items()
        if function in by | bare
        and not others
        and all(isinstance(a, Symbol) for a in arguments)
        and Symbol("'") not in arguments
    }
    told = {arguments for function, arguments in found.items() if function in by}
    yield from (function for function, arguments in found.items() if arguments in told)


def _plain(names: frozenset[Symbol], node: Node) -> Node:
    if isinstance(node, Call) and node.function in names:
        return replace(node.function, span=node.span)
    return changed(node, partial(_plain, names))


def _only_samples(
    blocks: Sequence[Block], formulas: Formulas
) -> Iterator[tuple[Symbol, Mapping[Symbol, Symbol]]]:
    """Functions whose one argument stands elsewhere with the index of a sample alone."""
    for function, (arguments, _) in formulas.items():
        if len(arguments) != 1 or not isinstance(own := arguments[0], Symbol):
            continue
        found: set[Symbol] = set()
        for chain in (item for block in blocks for item in block.items if isinstance(item, Chain)):
            if isinstance(chain.first, Call) and chain.first.function == function:
                continue
            for operand in chain.operands:
                found |= {s for s in everything(operand) if isinstance(s, Symbol) and s.base == own}
        raised = {s.marks for s in found}
        if len(raised) == 1 and (marks := raised.pop()):
            yield function, {own: replace(own, marks=marks)}


def _functions(body: Node) -> set[Symbol]:
    return {node.function.base for node in everything(body) if isinstance(node, Call)}


def _at_any_argument(blocks: Sequence[Block], formulas: Formulas) -> Iterator[Symbol]:
    """The functions of one equation with a letter that something is differentiated by.

    An activation has several, or cases, and a meaning of its own.
    """
    by: set[Symbol] = set()
    given: dict[Symbol, set[Node]] = {}
    for chain in (item for block in blocks for item in block.items if isinstance(item, Chain)):
        if isinstance(chain.first, Call) and chain.links and not chain.first.order:
            given.setdefault(chain.first.function, set()).add(chain.links[-1].operand)
        for node in (node for operand in chain.operands for node in everything(operand)):
            if isinstance(node, Derivative):
                by.update(symbol.base for symbol in node.by if isinstance(symbol, Symbol))
    for function, (_, body) in formulas.items():
        nodes = list(everything(body))
        if len(given.get(function, ())) == 1 and not any(isinstance(n, _OTHERWISE) for n in nodes):
            if any(isinstance(node, Symbol) and node.base in by for node in nodes):
                yield function


def _put_in(formulas: Formulas, anywhere: frozenset[Symbol], node: Node) -> Node:
    node = changed(node, partial(_put_in, formulas, anywhere))
    if not isinstance(node, Call) or node.order:
        return node
    found = formulas.get(node.function) or _of_letter(formulas, node.function)
    if found is None:
        return node
    arguments, body = found
    given = tuple(map(stripped, node.arguments))
    if len(given) != len(arguments):
        return node
    samples: dict[Symbol, Symbol] = {}
    for argument, one in zip(arguments, given, strict=True):
        if one == argument:
            continue
        if not isinstance(argument, Symbol):
            return node
        if not isinstance(one, Symbol) or one.base != argument:
            at = dict(zip(arguments, given, strict=True))
            return (_at(at, body) if node.function in anywhere else None) or node
        samples[argument] = one
    if samples:
        return _of_samples(samples, body)
    return body if _is_of_sample(formulas, node) else node


def _at(given: Mapping[Node, Node], body: Node) -> Node | None:
    r"""A formula at other arguments, `D(\tilde x)` beside `D(x) = \sigma(w^T x + b)`.

    None where it holds an argument with an index, which only a letter in its place can take.
    """
    names = {argument.base: one for argument, one in given.items() if isinstance(argument, Symbol)}
    if len(names) < len(given):
        return None
    used = [s for s in everything(body) if isinstance(s, Symbol) and s.base in names]
    if any(one != name and name not in {s.base for s in used} for name, one in names.items()):
        return None  # it hangs on that argument by what stands in it
    if any(s != s.base and not isinstance(names[s.base], Symbol) for s in used):
        return None

    def put(node: Node) -> Node:
        if not isinstance(node, Symbol) or node.base not in names:
            return changed(node, put)
        one = names[node.base]
        if not isinstance(one, Symbol):
            return Group(one, span=node.span)
        scripts = (*one.subscripts, *node.subscripts)
        return replace(one, subscripts=scripts, marks=(*one.marks, *node.marks), span=node.span)

    return put(body)


def _is_of_sample(formulas: Formulas, call: Call) -> bool:
    """Say whether a function is applied to the sample for which it is written out."""
    found = formulas.get(call.function)
    return (
        found is not None
        and tuple(map(stripped, call.arguments)) == found[0]
        and any(isinstance(a, Symbol) and a.marks for a in found[0])
    )


def _of_letter(formulas: Formulas, name: Symbol) -> tuple[tuple[Node, ...], Node] | None:
    r"""The formula of `h_\theta` for a plain h, where there is one function of that letter."""
    found = [own for function, own in formulas.items() if function.base == name]
    return found[0] if len(found) == 1 else None


def _of_samples(samples: Mapping[Symbol, Symbol], node: Node) -> Node:
    """A formula with the index of its sample at every letter that has one."""
    if isinstance(node, Symbol):
        one = samples.get(node.base)
        if one is None:
            return node
        scripts = (*one.subscripts, *node.subscripts)
        marks, primes = (*one.marks, *node.marks), one.primes + node.primes
        return replace(node, subscripts=scripts, marks=marks, primes=primes)
    return changed(node, partial(_of_samples, samples))
