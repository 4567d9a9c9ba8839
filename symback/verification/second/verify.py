"""Check a product of second order, every line where it stands.

The forward pass and its tangents are a model of their own, whose loss is the change of the loss.
There each line claims an adjoint, which is judged as that of any model: the adjoint of a tangent is
what the adjoint of its quantity was, and the adjoint of a quantity is R of that.  The lines were
made the other way, forward over reverse, so the two orders of differentiation check each other.

The lines of a Gauss-Newton product are judged in the same way in a model in which the tangents of
the outputs are given: there the gradient is ``J^T H_l u``, and their own lines say ``u = J v``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sympy import Expr, Indexed

from symback.algebra.directions import Directional
from symback.algebra.expressions import Entry, Partial, name_of
from symback.calculus import derive
from symback.calculus.second import Second
from symback.calculus.second.fisher import of_samples
from symback.calculus.second.model import Tangents, outputs_model, samples_model, tangent_model
from symback.errors import InputError, quote
from symback.verification.bench import Bench, of_step
from symback.verification.deciding import Deciding
from symback.verification.identity.claims import Claims
from symback.verification.oracle.judge import Panel
from symback.verification.oracle.sizes import small_sizes
from symback.verification.report import Check, Claim, Location, Report
from symback.verification.second.differences import check_by_differences
from symback.verification.second.hessian import verify_hessian
from symback.verification.second.lines import Lines, letters_of, testimonies
from symback.verification.steps import Independent

__all__ = ["verify_second"]


def verify_second(second: Second, *, numbers: bool = True) -> Report:
    """Check every line of a product.

    Args:
        second: the lines.
        numbers: whether to ask sixty-digit differences of the gradient, too.

    Returns:
        One check for each claim, in the order of the lines, and what each witness covered.

    Raises:
        InputError: for anything but a product.
    """
    if not isinstance(second, Second):
        raise InputError(
            f"{quote(str(second))} is no product of second order",
            hint="one is made by derive_second(derivation)",
        )
    if second.product == "hessian":
        return verify_hessian(second, numbers=numbers)
    lines = Lines(second, tangent_model(second))
    benches: tuple[Bench, ...] = (lines.bench,)
    if second.is_linear:
        back = Lines(second, outputs_model(second), is_linear=True)
        checks, benches = (*lines.forward(), *back.backward()), (lines.bench, back.bench)
    elif second.product == "empirical-fisher":
        checks = (*lines.forward(), *_of_samples(second))
    elif second.product == "hvp":
        checks = (*lines.forward(), *lines.backward())
    else:
        checks = lines.forward()
    report = Report(checks, testimonies(checks, benches), lines.model.facts)
    if numbers:
        report = report.joined_by(*check_by_differences(second))
    return report


def _of_samples(second: Second) -> tuple[Check, ...]:
    """The lines back of an empirical Fisher product; of one sample they are what it is."""
    if not second.model.quantities[second.samples].ranges:
        return ()
    read = samples_model(second)
    adjoints = {s.quantity.name: s.result for s in derive(read.model).steps}
    rows = of_samples(second.model, second.model.quantities[second.samples])
    for line in second.backward:
        adjoints[line.quantity.name] = _counted(line.result, read, rows)
    identity = Deciding(Claims(read.model, adjoints))
    bench = Bench(Panel(read.model, adjoints, [small_sizes(read.model)]))
    for line in second.backward:
        claimed = adjoints[line.quantity.name]
        bench.decide(
            Claim.TANGENT,
            Location(line.quantity.name, line.number, link=1),
            partial(
                identity.compare, Independent(line.quantity), claimed, letters_of(line.quantity)
            ),
            of_step(line.quantity, claimed),
            (line.subject, line.result),
        )
    return tuple(bench.checks)


def _counted(node: Expr, read: Tangents, rows: Mapping[str, int]) -> Expr:
    """A line in the adjoints of the model whose samples are counted."""
    counted = next(iter(read.names.values()))
    if isinstance(node, Directional):
        if isinstance(node.body, Partial):
            return Partial(read.model.loss.at(), node.body.by)
        return Entry(counted, *node.body.indices)
    if isinstance(node, Partial):
        sample = Entry(counted, node.by.indices[rows[name_of(node.by)]])
        return Partial(read.model.loss.at(), node.by) / sample
    if not node.args or isinstance(node, Indexed):
        return node
    args = tuple(_counted(a, read, rows) if isinstance(a, Expr) else a for a in node.args)
    return node if args == node.args else node.func(*args)
