"""A server for assistants that must not invent gradients: derive, check, answer and emit as tools.

It speaks the Model Context Protocol on standard input and output.  Every tool is the command of its
name, with the same words and the same verdicts; none reads or writes a file.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from typing import Any

from symback.cli.settings import Settings, without_settings
from symback.errors import MissingToolError
from symback.install import install_hint
from symback.version import __version__

__all__ = ["assistant_server"]

_INSTRUCTIONS = (
    "Gradients of neural networks, derived by the chain rule and proved. Ask for a derivation "
    "instead of recalling one, and check or answer what somebody else has written: a verdict of "
    "UNDECIDED says that nothing was shown, and not that a formula is right."
)


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
        layers: str, activations: str = "", loss: str = "", batch: bool = False, weight: str = ""
    ) -> str:
        """Derive and prove the gradient of the loss by every weight and bias of a perceptron.

        Args:
            layers: number of units of each layer, as in ``2,3,1``.
            activations: a function for each layer of weights, as in ``tanh,softmax``.
            loss: the name of a loss, or a formula in y and yhat.
            batch: whether the loss is that of a batch of samples.
            weight: one weight to work out term by term, as in ``W1[1,2]``.
        """
        network = _network(layers, activations, loss, batch)
        one = ["--weight", weight] if weight else []
        return _said(["derive", *network, *one, "--format", "markdown"])

    @server.tool()
    def answer(formula: str, layers: str, activations: str = "", loss: str = "") -> str:
        """Decide one formula about a perceptron: proved, refuted with the slip, or undecided.

        Args:
            formula: an equation in LaTeX or plain infix text, as in ``dL/db2[1] = dL/dyhat[1]``.
            layers: number of units of each layer, as in ``2,3,1``.
            activations: a function for each layer of weights.
            loss: the name of a loss, or a formula in y and yhat.
        """
        return _said(["answer", *_network(layers, activations, loss), "--", formula])

    @server.tool()
    def check(document: str, kind: str = "markdown") -> str:
        """Prove or refute every line of a derivation in a document.

        Args:
            document: the text of the document.
            kind: ``markdown``, ``latex``, ``html``, ``rst``, ``notebook`` or ``text``.
        """
        from symback.cli.judge import Judge
        from symback.cli.source import stated_by
        from symback.errors import SymbackError
        from symback.rendering.check import Report, render_report

        try:
            report = Judge.of(stated_by(), None, Settings()).check(document, "document", kind)
        except SymbackError as error:
            return str(error)
        return render_report(Report.of([report]), "markdown")

    @server.tool()
    def emit(
        layers: str, activations: str, loss: str, target: str = "numpy", style: str = "readable"
    ) -> str:
        """Write code for the loss and all gradients of a batch, which checks itself when run.

        Args:
            layers: number of units of each layer, as in ``784,128,10``.
            activations: a function for each layer of weights.
            loss: the name of a loss.
            target: ``numpy``, ``array-api``, ``numba`` or ``c``.
            style: of NumPy: ``readable``, ``fast`` or ``scalar``.
        """
        styled = ["--style", style] if target == "numpy" else []
        network = _network(layers, activations, loss)
        return _said(["emit", *network, "--target", target, *styled])

    return server


def _network(layers: str, activations: str, loss: str, batch: bool = False) -> list[str]:
    """Options as a user would give them; an empty text is an option that is left out."""
    options = ["--layers", layers]
    options += ["--activations", activations] if activations else []
    options += ["--loss", loss] if loss else []
    return [*options, *(["--batch"] if batch else [])]


def _said(arguments: Sequence[str]) -> str:
    """What a command prints; what it complains of, where it cannot do it."""
    from symback.cli.app import run

    out, complaints = io.StringIO(), io.StringIO()
    with (
        without_settings(),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(complaints),
    ):
        run(arguments)
    return out.getvalue() or complaints.getvalue()
