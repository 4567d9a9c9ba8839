r"""Right lines rewritten and wrong ones made, over the documents of ``tests/data``: no false word.

``python benchmarks/rewriting.py --count 5000 --minutes 10`` takes documents with right lines, and

- rewrites the lines: factors and terms in another order, both sides exchanged or three times
  themselves, indices and whole quantities with other letters. None may be refuted;
- changes one thing in a line: a sign, an index, a factor, a layer, a transpose, a prime. What is
  proved of these is printed, since a change can leave a line right, as that of one of two equal
  indices does.

It works on the text by the places that the reader found, so it tells where the judge parts from
itself, and not whether the reader finds the same tree again.
"""

from __future__ import annotations

import argparse
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from symback.reading import check
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Form,
    Node,
    Number,
    Operator,
    Product,
    Sum,
    Symbol,
    Transpose,
)
from symback.reading.repairing.diagnosis import Diagnostician
from symback.reading.statements.statements import Statement, read_document
from symback.reading.statements.verdicts import Status

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
GOOD = (Status.PROVED, Status.AGREES)
INDICES = frozenset("ijkmnpqrs")
FRESH = "pqruvw"
NEUTRAL = frozenset("acghopqrsuvxz")
PER_DOCUMENT = 12
_OF_ARRAYS = (
    "\\odot", "^T", "\\top", "\\circ", "\\otimes", "\\mathbf", "\\intercal", "@", "diag", "\\cdot"
)  # fmt: skip
Edit = tuple[int, int, str]


@dataclass(frozen=True)
class Document:
    """The equations of a document and its right lines."""

    name: str
    text: str
    right: tuple[str, ...]

    def with_lines(self, lines: list[str]) -> str:
        """The document with lines at its end, each a display."""
        return self.text + "".join(f"\n\n$${line}$$" for line in lines) + "\n"


def documents() -> Iterator[Document]:
    """The documents of ``tests/data`` that have right lines."""
    for name, key in (("lectures", "note"), ("siblings", "note"), ("steps", "note"),
                      ("anchor_documents", "document"), ("errata", "erratum")):  # fmt: skip
        for note in tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))[key]:
            equations = "\n\n".join(f"$${line}$$" for line in note.get("equations", ()))
            text = note.get("text") or note.get("definitions") or equations
            right = note.get("right", ())
            lines = (right,) if isinstance(right, str) else tuple(right)
            lines = tuple(line for line in lines if isinstance(line, str) and "\n" not in line)
            if lines:
                yield Document(f"{name}: {note.get('name') or note.get('id')}", text, lines)


def statement_of(document: Document, line: str) -> Statement | None:
    """The one equation that a line is."""
    read = read_document(document.with_lines([line]), "markdown").statements
    own = [s for s in read if s.excerpt.text == line]
    if len(own) != 1 or own[0].relation != "=" or own[0].left is None or own[0].right is None:
        return None
    return own[0]


def text_of(statement: Statement, node: Node) -> str:
    return statement.excerpt.text[node.span.start : node.span.end]


def edited(text: str, edits: list[Edit]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def nodes(statement: Statement) -> list[Node]:
    """Every node of a statement that has a place of its own."""
    found = []
    for side in (statement.left, statement.right):
        assert side is not None
        found += [node for node in side.walk() if 0 <= node.span.start < node.span.end]
    return found


def is_plain(document: Document, statement: Statement) -> bool:
    """Say whether products commute: nothing is a matrix or a vector."""
    whole = document.text + statement.excerpt.text
    signs = (
        "\\odot",
        "^T",
        "\\top",
        "\\circ",
        "\\otimes",
        "\\mathbf",
        "\\intercal",
        "@",
        "diag",
        "\\cdot",
    )
    return not any(sign in whole for sign in signs) and not any(
        isinstance(n, Symbol) and n.name.isupper() and not n.subscripts and n.name not in "LEJCNMT"
        for n in nodes(statement)
    )


# Rewrites: each gives a line that says the same, or None ------------------------------------------


def commuted(document: Document, s: Statement, random: Random) -> str | None:
    if not is_plain(document, s):
        return None
    pairs = [
        (a, b)
        for n in nodes(s)
        if isinstance(n, Product)
        for a, b, operator in zip(n.factors, n.factors[1:], n.operators, strict=False)
        if operator is Operator.JUXTAPOSED and not (_reaches(a) or _reaches(b))
    ]
    if not pairs:
        return None
    a, b = random.choice(pairs)
    new = f"{text_of(s, b)} \\cdot {text_of(s, a)}"
    return edited(s.excerpt.text, [(a.span.start, b.span.end, new)])


def _reaches(node: Node) -> bool:
    reaching = isinstance(node, BigSum | Number | Sum) or (
        isinstance(node, Derivative) and node.form is not Form.FRACTION
    )
    bare = isinstance(node, Call) and not node.span.end
    return reaching or bare or (isinstance(node, Derivative) and not isinstance(node.of, Symbol))


def reordered(document: Document, s: Statement, random: Random) -> str | None:
    sums = [n for n in nodes(s) if isinstance(n, Sum) and len(n.terms) > 1]
    sums = [
        n for n in sums if not any(isinstance(t, Product) and t.span.start < 0 for t in n.terms)
    ]
    if not sums:
        return None
    node = random.choice(sums)
    terms = list(zip(node.signs, (text_of(s, t) for t in node.terms), strict=True))
    random.shuffle(terms)
    new = " ".join(f"{'-' if sign < 0 else '+'} {text}" for sign, text in terms)
    return edited(s.excerpt.text, [(node.span.start, node.span.end, new.removeprefix("+ "))])


def exchanged(document: Document, s: Statement, random: Random) -> str | None:
    assert s.left is not None
    assert s.right is not None
    return f"{text_of(s, s.right)} = {text_of(s, s.left)}"


def tripled(document: Document, s: Statement, random: Random) -> str | None:
    assert s.left is not None
    assert s.right is not None
    return f"3 \\left( {text_of(s, s.left)} \\right) = 3 \\left( {text_of(s, s.right)} \\right)"


def with_other_indices(document: Document, s: Statement, random: Random) -> str | None:
    symbols = [n for n in nodes(s) if isinstance(n, Symbol)]
    marked = [m.body for n in symbols for m in n.marks if m.body is not None]
    marks = {p.name for body in marked for p in body.walk() if isinstance(p, Symbol)}
    own = [
        n for n in nodes(s) if isinstance(n, Symbol) and n.name in INDICES - marks and n == n.base
    ]
    letters = sorted({n.name for n in own})
    quantities = {n.name for n in nodes(s) if isinstance(n, Symbol) and (n.subscripts or n.marks)}
    letters = [x for x in letters if x not in quantities and f"{x} = " not in document.text]
    free = [x for x in FRESH if x not in s.excerpt.text and x not in document.text]
    if not letters or len(free) < len(letters):
        return None
    to = dict(zip(letters, random.sample(free, len(letters)), strict=True))
    edits = {(n.span.start, n.span.end, to[n.name]) for n in own if n.name in to}
    return edited(s.excerpt.text, sorted(edits))


REWRITES: tuple[Callable[[Document, Statement, Random], str | None], ...] = (
    commuted, reordered, exchanged, tripled, with_other_indices,
)  # fmt: skip


def with_other_letters(document: Document, random: Random) -> Document | None:
    """The document with its own letters exchanged for others, all through."""
    whole = document.with_lines(list(document.right))
    read = read_document(whole, "markdown").statements
    if any(s.unread for s in read):
        return None
    symbols: list[tuple[Statement, Symbol]] = [
        (s, n) for s in read for n in nodes_of(s) if isinstance(n, Symbol)
    ]
    indices = {
        p.name for _, n in symbols for i in n.subscripts for p in i.walk() if isinstance(p, Symbol)
    }
    uses = {n.name for _, n in symbols}
    own = sorted((uses & NEUTRAL) - indices)
    free = sorted(NEUTRAL - uses - indices)
    if not own or not free:
        return None
    chosen = random.sample(own, min(len(own), len(free), 2))
    to = dict(zip(chosen, random.sample(free, len(chosen)), strict=True))
    edits: dict[int, set[Edit]] = {}
    lines = [whole]
    for s, n in symbols:
        if n.name in to:
            text = s.excerpt.text
            at = text.find(n.name, n.span.start)
            while at > 0 and (text[at - 1].isalpha() or text[at - 1] == "\\"):
                at = text.find(n.name, at + 1)
            if at < 0 or at >= n.span.end:
                return None
            where = s.excerpt.passage.origin(0)
            if whole[where : where + len(text)] != text:
                where = whole.find(text)
            edits.setdefault(0, set()).add((where + at, where + at + 1, to[n.name]))
    new = edited(lines[0], sorted(edits.get(0, ())))
    parts = new.rstrip("\n").split("\n\n$$")
    count = len(document.right)
    right = tuple(part.removesuffix("$$") for part in parts[-count:])
    return Document(document.name, "\n\n$$".join(parts[:-count]), right)


def nodes_of(s: Statement) -> list[Node]:
    sides = [side for side in (s.left, s.right) if side is not None]
    return [n for side in sides for n in side.walk() if 0 <= n.span.start < n.span.end]


# Mutants: each gives a line in which one thing is another, or None --------------------------------


def mutants(s: Statement) -> list[str]:
    """Every line in which one thing on the right is changed."""
    assert s.right is not None
    text = s.excerpt.text
    found: list[str] = []
    own = [n for n in s.right.walk() if 0 <= n.span.start < n.span.end]
    start, end = s.right.span
    found.append(edited(text, [(start, end, f"-\\left({text[start:end]}\\right)")]))
    found.append(edited(text, [(start, end, f"2 \\left({text[start:end]}\\right)")]))
    letters = sorted({i.name for n in own if isinstance(n, Symbol) for i in n.subscripts
                      if isinstance(i, Symbol)})  # fmt: skip
    for n in own:
        if isinstance(n, Symbol):
            if len(n.subscripts) == 2 and n.subscripts[0] != n.subscripts[1]:
                a, b = n.subscripts
                if a.span.start >= 0 and b.span.start > a.span.start:
                    new = text_of(s, b), text_of(s, a)
                    found.append(edited(text, [(*a.span, new[0]), (*b.span, new[1])]))
            for i in n.subscripts:
                if isinstance(i, Symbol) and i.span.start >= 0:
                    found += [edited(text, [(*i.span, x)]) for x in letters if x != i.name]
            for m in n.marks:
                if isinstance(m.body, Sum) and m.body.span.start >= 0:
                    found.append(edited(text, [(*m.body.span, text_of(s, m.body.terms[0]))]))
        elif isinstance(n, Product):
            for f in n.factors:
                if not isinstance(f, BigSum | Number) and f.span.start >= 0:
                    found.append(edited(text, [(*f.span, "\\frac{1}{1}")]))
        elif isinstance(n, Sum):
            for t, sign in zip(n.terms, n.signs, strict=True):
                before = text.rfind("-" if sign < 0 else "+", 0, t.span.start)
                if before >= n.span.start and not text[before + 1 : t.span.start].strip():
                    found.append(edited(text, [(before, before + 1, "+" if sign < 0 else "-")]))
        elif isinstance(n, Transpose) and n.body.span.start >= 0:
            found.append(edited(text, [(*n.span, text_of(s, n.body))]))
        elif isinstance(n, Call) and n.order and "'" in text_of(s, n):
            at = text.index("'", n.span.start)
            found.append(edited(text, [(at, at + 1, "")]))
    return [line for line in dict.fromkeys(found) if line != text]


# --------------------------------------------------------------------------------------------------


def verdicts(document: Document, lines: list[str]) -> Iterator[tuple[str, Status, str]]:
    """The verdicts on lines, each of the last statement of its display."""
    found = check(document.with_lines(lines), kind="markdown").judgements
    start = document.text.count("\n") + 1
    for at, line in enumerate(lines):
        here = [j for j in found if j.statement.line == start + 2 * (at + 1)]
        if here:
            yield line, here[-1].status, here[-1].reason


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["rewrites", "letters", "mutants"])
    arguments = parser.parse_args()
    end = time.monotonic() + 60 * arguments.minutes
    random = Random(arguments.seed)
    known = list(documents())
    random.shuffle(known)
    kinds = [arguments.only] if arguments.only else ["rewrites", "letters", "mutants"]
    for at, kind in enumerate(kinds):
        count: Counter[str] = Counter()
        share = time.monotonic() + (end - time.monotonic()) / (len(kinds) - at)
        for name, line, status, reason in _run(kind, known, random):
            count[status] += 1
            bad = status in GOOD if kind == "mutants" else status is Status.REFUTED
            if bad:
                print(f"{kind}: {status} {reason}: {name}\n    {line}", flush=True)
            if sum(count.values()) >= arguments.count or time.monotonic() > share:
                break
        print(kind, sum(count.values()), dict(count), flush=True)


def _run(
    kind: str, known: list[Document], random: Random
) -> Iterator[tuple[str, str, Status, str]]:
    while True:
        for document in known:
            if kind == "letters":
                other = with_other_letters(document, random)
                if other is not None:
                    for found in verdicts(other, list(other.right)):
                        yield (document.name + " | " + other.text.replace("\n", " "), *found)
                continue
            lines: list[str] = []
            for line in document.right:
                s = statement_of(document, line)
                if s is None:
                    continue
                if kind == "mutants":
                    own = mutants(s)
                    lines += random.sample(own, min(len(own), PER_DOCUMENT))
                else:
                    new = [rewrite(document, s, random) for rewrite in REWRITES]
                    lines += [x for x in new if x is not None]
            random.shuffle(lines)
            if kind == "mutants":
                kept = Diagnostician.explained
                Diagnostician.explained = lambda self, judgement, earlier: judgement  # type: ignore
            for start in range(0, len(lines), PER_DOCUMENT):
                for found in verdicts(document, lines[start : start + PER_DOCUMENT]):
                    yield (document.name, *found)
            if kind == "mutants":
                Diagnostician.explained = kept  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
