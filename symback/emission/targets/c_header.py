"""The header of an emitted C file: its structures, and its external functions by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

__all__ = ["header"]


def header(text: str, file: str, source: str) -> str:
    """What other files include, in C and C++; sizes stand in it as numbers.

    Args:
        text: the C file.
        file: what the header is called.
        source: what the C file is called.
    """
    named = "_".join(re.findall(r"[A-Za-z0-9]+", PurePath(file).stem)) or "gradients"
    guard = f"SYMBACK_{named.upper()}_H"
    blocks = list(_blocks(_linked(text)))
    real = "float" if "typedef float real;" in text else "double"
    declared = "\n\n".join(re.sub(r"\breal\b", real, block) for block in blocks)
    included = "#include <stddef.h>\n\n" if "size_t" in declared else ""
    return (
        f"/* What {source} has for others, in C and C++. */\n\n"
        f"#ifndef {guard}\n#define {guard}\n\n{included}"
        f'#ifdef __cplusplus\nextern "C" {{\n#endif\n\n{declared}\n\n'
        "#ifdef __cplusplus\n}\n#endif\n\n#endif\n"
    )


def _linked(text: str) -> list[str]:
    """The lines that are compiled without a check."""
    kept: list[str] = []
    depth, skipped = 0, 0
    for line in text.splitlines():
        if line.startswith("#if"):
            depth += 1
            if line in ("#ifdef SYMBACK_CHECK", "#ifdef __cplusplus"):
                skipped = skipped or depth
        elif line.startswith("#else") and skipped == depth:
            skipped = 0
        elif line.startswith("#endif"):
            skipped = 0 if skipped == depth else skipped
            depth -= 1
        elif not skipped:
            kept.append(line)
    return kept


def _blocks(lines: list[str]) -> Iterator[str]:
    """Structures and prototypes, each with the comment above it."""
    comment: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        first = place
        if line.startswith("/*"):
            while "*/" not in lines[place]:
                place += 1
            comment = lines[first : place + 1]
        elif line.startswith("typedef struct"):
            while not lines[place].startswith("}"):
                place += 1
            yield "\n".join([*comment, *lines[first : place + 1]])
            comment = []
        elif re.match(r"(?:double|real|void|unsigned long) \w+\(", line):
            while not lines[place].endswith("{"):
                place += 1
            head = "\n".join(lines[first : place + 1]).removesuffix(" {")
            yield "\n".join([*comment, re.sub(r"\brestrict ", "", head) + ";"])
            comment = []
        elif line:
            comment = []
        place += 1
