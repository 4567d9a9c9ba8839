"""Templates of a user's own: they may lay out what they are given, and call nothing else.

Jinja's sandbox alone is not enough here: an expression of SymPy's has methods that read a string
as code.  So attributes are looked up on our own values, on text, numbers and collections only, and
only our documents, pages and printers are called.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import BuiltinFunctionType, BuiltinMethodType, MethodType
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.environment import TemplateModule
from jinja2.runtime import BlockReference, LoopContext, Macro, TemplateReference
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from markupsafe import Markup

from symback.errors import InputError, SymbackError, quote
from symback.rendering.environment import escaping, is_formula, opening, template_folders
from symback.rendering.formats import Format

__all__ = ["rendered", "sandboxed"]

_PLAIN = (str, int, float, bool, type(None), list, tuple, dict, frozenset, set)
_JINJA = (Macro, LoopContext, BlockReference, TemplateReference, TemplateModule, Namespace)
_OURS = ("symback.rendering", "symback.printing", "symback.notation")
"""Packages whose methods a template may call: they set what exists and make nothing new."""

_DATA = (*_OURS, "symback.calculus", "symback.model", "symback.verification")
"""Packages whose values a template may read."""


class _Sandbox(ImmutableSandboxedEnvironment):
    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if attr.startswith("_") or not super().is_safe_attribute(obj, attr, value):
            return False
        if isinstance(obj, (*_PLAIN, *_JINJA)):
            return True
        home = _home(type(obj))
        if home == "symback.algebra.expressions":
            return attr in ("of", "by")  # of a derivative
        return home.startswith(_DATA) and not isinstance(value, type)

    def is_safe_callable(self, obj: Any) -> bool:
        if isinstance(obj, _JINJA):
            return True
        if isinstance(obj, MethodType):
            owner = type(obj.__self__)
            return owner in (Markup, *_JINJA) or _home(owner).startswith(_OURS)
        if isinstance(obj, BuiltinFunctionType | BuiltinMethodType):
            return isinstance(getattr(obj, "__self__", None), _PLAIN)
        if callable(obj) and _home(type(obj)).startswith(_OURS):
            return super().is_safe_callable(obj)
        return any(obj is known for known in self.globals.values())


def _home(kind: type) -> str:
    return getattr(kind, "__module__", "") or ""


def rendered(output_format: Format, folder: Path, name: str, values: Mapping[str, object]) -> str:
    """A template's text, where a folder's templates go before our own.

    Raises:
        InputError: for a template that cannot be read, is no template, or fails, with its line.
    """
    made = sandboxed(output_format, folder)
    try:
        return made.get_template(name).render(values)
    except SymbackError:
        raise
    except TemplateSyntaxError as error:
        where = f"{error.filename or error.name}, line {error.lineno}"
        raise InputError(error.message or "this is no template", where=where) from None
    except TemplateNotFound as error:
        raise InputError(
            f"there is no template {quote(str(error.name))}", where=_place(error)
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(f"a template is not UTF-8: {error.reason}", where=f"{folder}") from None
    except RecursionError:
        raise InputError("a template calls itself without an end", where=f"{folder}") from None
    except Exception as error:
        # Whatever a template asks for can fail in a way of its own: it is the template's fault.
        raise InputError(str(error) or type(error).__name__, where=_place(error)) from None


def _place(error: Exception) -> str:
    """The innermost line of a template that an error went through."""
    lines = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith(".j2")]
    return f"{lines[-1].filename}, line {lines[-1].lineno}" if lines else "--templates"


def sandboxed(output_format: Format, folder: Path) -> ImmutableSandboxedEnvironment:
    """The environment of a format in which a folder's templates go before our own.

    Raises:
        InputError: where the folder cannot be read.
    """
    if not folder.is_dir():
        raise InputError("is not a folder", where=f"--templates {folder}")
    finalize: Callable[[Any], Markup] = escaping(output_format)
    made = _Sandbox(
        loader=FileSystemLoader([folder, *template_folders()]),
        undefined=StrictUndefined,
        finalize=finalize,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        optimized=False,
    )
    made.globals.pop("lipsum", None)
    made.globals.pop("cycler", None)
    made.tests["formula"] = is_formula
    made.filters["opening"] = opening
    return made
