"""A server for assistants that must not invent gradients: derive, check, answer and emit as tools.

It speaks the Model Context Protocol on standard input and output.  Every tool is the command of its
name, with the same words and the same verdicts; none reads or writes a file.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

from symback.cli.settings import Settings, without_settings
from symback.errors import MissingToolError, SymbackError
from symback.install import install_hint
from symback.model.language.sources import library_text
from symback.records import dataclass
from symback.version import __version__

__all__ = ["assistant_server"]

_INSTRUCTIONS = (
    "Gradients of neural networks, derived by the chain rule and proved. Ask for a derivation "
    "instead of recalling one, and check or answer what somebody else has written: a verdict of "
    "UNDECIDED says that nothing was shown, and not that a formula is right."
)

# Assistants call several tools at once, each in a thread of its own, and what a command prints goes
# to the one standard output: without order, one call's gradient would be the answer to another.
_one_at_a_time = Lock()


def assistant_server() -> Any:
    """A server that is ready to be run.

    Raises:
        MissingToolError: without the package of the protocol.
    """
    try:
        from mcp.server.mcpserver import MCPServer
    except ImportError:
        raise MissingToolError(
            "the package mcp speaks with assistants",
            where="--mcp",
            hint=install_hint("serve"),
        ) from None

    server = MCPServer("symback", instructions=_INSTRUCTIONS, version=__version__)

    @server.tool()
    def derive(
        layers: str = "",
        activations: str = "",
        loss: str = "",
        batch: bool = False,
        weight: str = "",
        model: str = "",
        gradients: str = "",
    ) -> str:
        """Derive and prove the gradients of a perceptron, or of any model by its equations.

        Args:
            layers: of a perceptron, the number of units of each layer, as in ``2,3,1``.
            activations: a function for each layer of weights, as in ``tanh,softmax``.
            loss: the name of a loss, or a formula in y and yhat.
            batch: whether the loss is that of a batch of samples.
            weight: one weight to work out term by term, as in ``W1[1,2]``.
            model: instead of layers, a model of the library, such as ``lstm``, or equations, a line
                each: ``param w[j]``, ``input x[j]``, ``target t``, ``z = sum(j, w[j] x[j])``,
                ``L = (z - t)^2``.
            gradients: names of what to differentiate by, as in ``W1,x``; all parameters if empty.
        """
        about = _Subject(layers, activations, loss, model)
        options = [
            *(["--batch"] if batch else []),
            *_given("--weight", weight),
            *_given("--gradients", gradients),
        ]
        return about.said("derive", *options, "--format", "markdown")

    @server.tool()
    def answer(
        formula: str, layers: str = "", activations: str = "", loss: str = "", model: str = ""
    ) -> str:
        """Decide one formula about a perceptron or model: proved, refuted, or undecided.

        Args:
            formula: an equation in LaTeX or plain infix text, as in ``dL/db2[1] = dL/dyhat[1]``.
            layers: of a perceptron, the number of units of each layer, as in ``2,3,1``.
            activations: a function for each layer of weights.
            loss: the name of a loss, or a formula in y and yhat.
            model: instead of layers, a model of the library or equations, as for derive.
        """
        about = _Subject(layers, activations, loss, model)
        return about.said("answer", "--", formula)

    @server.tool()
    def check(document: str, kind: str = "markdown") -> str:
        """Prove or refute every line of a derivation in a document.

        Args:
            document: the text of the document.
            kind: ``markdown``, ``latex``, ``html``, ``rst``, ``notebook`` or ``text``.
        """
        from symback.cli.judge import Judge
        from symback.cli.source import stated_by
        from symback.rendering.check import Report, render_report

        try:
            with _one_at_a_time:
                report = Judge.of(stated_by(), None, Settings()).check(document, "document", kind)
                return render_report(Report.of([report]), "markdown")
        except SymbackError as error:
            return f"symback: {error}\n"

    @server.tool()
    def emit(
        layers: str = "",
        activations: str = "",
        loss: str = "",
        target: str = "numpy",
        style: str = "",
        model: str = "",
        gradients: str = "",
        sizes: str = "",
    ) -> str:
        """Write code for the loss and all gradients of a batch, which checks itself when run.

        Args:
            layers: of a perceptron, the number of units of each layer, as in ``784,128,10``.
            activations: a function for each layer of weights.
            loss: the name of a loss.
            target: ``numpy``, ``array-api``, ``numba`` or ``c``.
            style: of NumPy: ``readable``, ``fast`` or ``scalar``.
            model: instead of layers, a model of the library or equations, as for derive.
            gradients: names of what to differentiate by; all parameters if empty.
            sizes: of a model, numbers for its sizes, as in ``T=4,J=3``.
        """
        about = _Subject(layers, activations, loss, model)
        options = [
            *_given("--style", style), *_given("--gradients", gradients), *_given("--sizes", sizes)
        ]  # fmt: skip
        return about.said("emit", "--target", target, *options)

    return server


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a tool is about: the widths of a perceptron's layers, or a model.

    A model is a name of the library, or equations, and never a file.
    """

    layers: str
    activations: str
    loss: str
    model: str

    def said(self, command: str, *rest: str) -> str:
        """What a command says about it, its complaint where it cannot do what was asked."""
        try:
            return _said([command, *self._options(), *rest], self.model)
        except SymbackError as error:
            return f"symback: {error}\n"

    def _options(self) -> Iterator[str]:
        yield from _given("--layers", self.layers)
        yield from _given("--activations", self.activations)
        yield from _given("--loss", self.loss)
        if "=" in self.model:
            yield "--model=-"
        elif self.model:
            library_text(self.model)  # which says what the library has, where it has no such model
            yield f"--model={self.model}"


def _given(option: str, value: str) -> list[str]:
    """An empty text is an option that is left out; a value is never taken for another option."""
    return [f"{option}={value}"] if value else []


def _said(arguments: Sequence[str], text: str = "") -> str:
    """What a command prints; what it complains of, where it cannot do it.

    Args:
        arguments: of the command line.
        text: what the command finds in standard input.
    """
    from symback.cli.app import run

    out, complaints = io.StringIO(), io.StringIO()
    with (
        _one_at_a_time,
        without_settings(),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(complaints),
        _standard_input(text),
    ):
        run(arguments)
    return out.getvalue() or complaints.getvalue()


@contextlib.contextmanager
def _standard_input(text: str) -> Iterator[None]:
    """The protocol's own input is kept from what a command reads."""
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "replace")), "utf-8")
    try:
        yield
    finally:
        sys.stdin = before
