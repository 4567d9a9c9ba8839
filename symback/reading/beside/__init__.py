"""Lines in LaTeX about a model that is given by its equations, in the language of models."""

from __future__ import annotations

__all__: list[str] = []
