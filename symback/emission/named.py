"""What computes with numbers alone needs functions with a name, and refuses letters for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symback.errors import InputError

if TYPE_CHECKING:
    from symback.emission.indexed.program import IndexedProgram
    from symback.emission.program import Program

__all__ = ["refuse_letters", "refuse_letters_of_model"]


def refuse_letters(program: Program, asked: str, where: str, instead: str = "") -> None:
    """Refuse a network that leaves functions, or its loss, open.

    Args:
        program: what is to be emitted.
        asked: what needs names: ``target c``.
        where: the option that asks for it.
        instead: what takes letters: ``target numpy``.

    Raises:
        InputError: if it has letters for functions.
    """
    if program.generic or program.has_generic_loss:
        _refuse(asked, where, "say --activations and --loss", instead)


def refuse_letters_of_model(program: IndexedProgram, asked: str, where: str, instead: str) -> None:
    """Refuse a model of equations that leaves functions, or its loss, open; as `refuse_letters`."""
    if program.generic or program.generic_loss is not None:
        _refuse(asked, where, "name them in the model", instead)


def _refuse(asked: str, where: str, does: str, instead: str) -> None:
    hint = f"{does}, or take {instead}" if instead else does
    raise InputError(f"{asked} needs functions with a name", where=where, hint=hint)
