"""What ``check`` reads: files, folders and patterns, and the books that files are parts of."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from symback.cli.files import File, read_files
from symback.cli.output import kept_apart
from symback.cli.settings import Settings
from symback.cli.source import source_name
from symback.errors import InputError, MissingToolError, quote
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.reading.finding.book import Book

__all__ = ["Document", "documents_of", "files_named"]

SUFFIXES = frozenset(".md .markdown .qmd .rmd .myst .mdx .tex .ltx .rst .ipynb .html .htm".split())
"""What is looked at in a folder; a file of another kind is read when it is named."""

CONTENTS = ("_quarto.yml", "_toc.yml", "SUMMARY.md", "mkdocs.yml")
"""Files that name the chapters of a book."""

_LATEX = (".tex", ".ltx", ".latex")

_IN_SUMMARY = re.compile(r"\]\(([^)#]+?\.md)(?:#[^)]*)?\)")


@dataclass(frozen=True, slots=True)
class Document:
    """What is judged as one document.

    Attributes:
        files: its files, the first of them the root.
        book: the files taken together, where there are several.
        shown: names of the files that are reported on; empty for all.
    """

    files: tuple[File, ...]
    book: Book | None = None
    shown: frozenset[str] = frozenset()


def documents_of(
    names: Sequence[str], settings: Settings, macros: Sequence[str] = (), output: str = "-"
) -> tuple[list[Document], list[str]]:
    """The documents of these names, all of them read before the first is judged.

    Args:
        names: files, folders, patterns; ``-`` is standard input.
        settings: of the project: its books, and its macros.
        macros: files whose definitions are in force in every document.
        output: the file that is written, of an earlier run perhaps: no document of a folder.

    Returns:
        The documents in order, and what could not be found of them, a line each.

    Raises:
        InputError: for a file that is missing or is no text.
        TooLargeError: above the limit.
    """
    if list(names).count("-") > 1:
        raise InputError("it can be read only once", where=source_name("-"))
    for name in macros:
        if not os.path.isfile(name):
            raise InputError(f"there is no file {quote(name)}", where="--macros")
    library = _Library(settings, (*settings.macros, *macros))
    named = [
        name
        for given in names
        for name in files_named(given)
        if name == given or output == "-" or _real(name) != _real(output)
    ]
    documents = library.documents(list(dict.fromkeys(named)))
    read = [("FILE", file.name) for document in documents for file in document.files]
    kept_apart([("--output", output)], read)
    return documents, library.notes


def files_named(name: str) -> list[str]:
    """The files that a name stands for: itself, those of a folder, or those that fit a pattern.

    Raises:
        InputError: for a pattern or a folder without any.
    """
    if name == "-" or os.path.isfile(name):
        return [name]
    if os.path.isdir(name):
        contents = next((c for c in CONTENTS if os.path.isfile(os.path.join(name, c))), None)
        if contents is None and os.path.isfile(os.path.join(name, "src", "SUMMARY.md")):
            contents = os.path.join("src", "SUMMARY.md")
        found = [os.path.join(name, contents)] if contents else list(_in_folder(name))
        if not found:
            raise InputError("has no document in it", where=name)
        return found
    if any(sign in name for sign in "*?["):
        import glob

        found = sorted(path for path in glob.glob(name, recursive=True) if os.path.isfile(path))
        if not found:
            raise InputError("fits no file", where=name)
        return found
    return [name]


def _in_folder(name: str) -> Iterator[str]:
    """The documents below a folder, without those that git is told to ignore."""
    import pathspec

    rules: dict[str, Any] = {}

    def ignored(path: str, is_folder: bool) -> bool:
        for folder, rule in rules.items():
            inside = os.path.relpath(path, folder)
            if not inside.startswith("..") and rule.match_file(inside + "/" * is_folder):
                return True
        return False

    above = Path(name).resolve()
    tops = [above, *above.parents]
    root = next((n for n, folder in enumerate(tops) if (folder / ".git").exists()), 0)
    waiting = [*map(str, tops[1 : root + 1])]
    for folder in waiting:
        _add_rules(rules, folder, pathspec)
    for folder, folders, files in os.walk(name):
        whole = os.path.realpath(folder)
        _add_rules(rules, whole, pathspec)
        folders[:] = sorted(
            f
            for f in folders
            if not f.startswith(".") and not ignored(os.path.join(whole, f), True)
        )
        for file in sorted(files):
            fits = PurePath(file).suffix.lower() in SUFFIXES
            if fits and not ignored(os.path.join(whole, file), False):
                yield os.path.normpath(os.path.join(folder, file))


def _add_rules(rules: dict[str, Any], folder: str, pathspec: Any) -> None:
    path = os.path.join(folder, ".gitignore")
    if os.path.isfile(path):
        with open(path, encoding="utf-8", errors="replace") as file:
            rules[folder] = pathspec.GitIgnoreSpec.from_lines(file)


class _Library:
    """Puts files together to books."""

    def __init__(self, settings: Settings, macros: Sequence[str]) -> None:
        self.settings = settings
        self.macros = macros
        self.notes: list[str] = []
        self.of: dict[str, tuple[str, Document]] = {}
        """For each real path of a book's file, the root's name and the book."""

    def documents(self, names: Sequence[str]) -> list[Document]:
        for root in self.settings.books:
            self._take(root, self._book(root))
        roots = [name for name in names if self._may_be_root(name)]
        for name in roots:
            if _real(name) not in self.of:
                self._take(name, self._book(name))
        found: dict[str, Document] = {}
        shown: dict[str, set[str]] = {}
        for name in names:
            known = self.of.get(_real(name)) if name != "-" else None
            if known is None:
                found[name] = Document(tuple(read_files([name])))
                continue
            root, document = known
            found.setdefault(root, document)
            if _real(name) == _real(root):
                shown[root] = {file.name for file in document.files}
            else:
                own = next(f.name for f in document.files if _real(f.name) == _real(name))
                shown.setdefault(root, set()).add(own)
        return [
            Document(d.files, d.book, frozenset(shown[name])) if name in shown else d
            for name, d in found.items()
        ]

    def _take(self, root: str, document: Document | None) -> None:
        """Note of which book each of these files is a part; the table of contents stands for it."""
        if document is not None:
            for name in (root, *(file.name for file in document.files)):
                self.of.setdefault(_real(name), (root, document))

    def _may_be_root(self, name: str) -> bool:
        if name == "-":
            return False
        if os.path.basename(name) in CONTENTS:
            return True
        return PurePath(name).suffix.lower() in _LATEX or bool(self.macros)

    def _book(self, root: str) -> Document | None:
        """The book that a file is the root of; None where it is a document by itself."""
        from symback.reading.finding.book import chapters_book, latex_book

        folder = os.path.dirname(root)
        read, files = self._reader(folder)
        own = os.path.basename(root)
        if own in CONTENTS:
            names = [_inside(folder, name) for name in _chapters(root)]
            book = chapters_book([name for name in names if name is not None], read)
            if not book.parts:
                raise InputError("names no chapter that is there", where=root)
        else:
            text = read(own)
            if text is None:
                read_files([root])  # which says what is wrong with it
                return None
            macros = [os.path.relpath(name, folder or ".") for name in self.macros]
            if PurePath(own).suffix.lower() in _LATEX:
                found = latex_book(own, text, read, macros)
            else:
                found = chapters_book([own], read, macros)
            if found is None:
                return None
            book = found
        for name, part, line in book.missing:
            place = os.path.join(folder, part)
            self.notes.append(f"{place}:{line}: {name} is not there, or not inside this folder")
        for name, part, line in book.circular:
            place = os.path.join(folder, part)
            self.notes.append(f"{place}:{line}: {name} is put into itself; it is read once")
        return Document(tuple(files[part.name] for part in book.parts), book)

    def _reader(self, folder: str) -> tuple[Callable[[str], str | None], dict[str, File]]:
        """What reads the files of a book, inside its folder and nowhere else."""
        top = os.path.realpath(folder or ".")
        allowed = {os.path.realpath(name) for name in self.macros}
        files: dict[str, File] = {}

        def read(name: str) -> str | None:
            path = os.path.join(folder, name)
            real = os.path.realpath(path)
            inside = os.path.commonpath([top, real]) == top
            if not (inside or real in allowed) or not os.path.isfile(real):
                return None
            (file,) = read_files([path])
            files[name] = file
            return file.text

        return read, files


def _real(name: str) -> str:
    return os.path.realpath(name)


def _inside(folder: str, name: str) -> str | None:
    """A chapter's name as it is seen from the folder of the book."""
    path = os.path.relpath(name, folder or ".")
    return None if path.startswith("..") else path.replace(os.sep, "/")


def _chapters(contents: str) -> list[str]:
    """The files of the chapters that a table of contents names, in order.

    Raises:
        InputError: for one that cannot be read.
    """
    folder = os.path.dirname(contents)
    name = os.path.basename(contents)
    (file,) = read_files([contents])
    if name == "SUMMARY.md":
        return [os.path.join(folder, found) for found in _IN_SUMMARY.findall(file.text)]
    tree = _yaml(file.text, contents)
    if name == "_quarto.yml":
        book = _table(_table(tree).get("book"))
        named = list(_leaves([book.get("chapters"), book.get("appendices")], ("part", "file")))
    elif name == "mkdocs.yml":
        docs = str(_table(tree).get("docs_dir", "docs"))
        named = [os.path.join(docs, leaf) for leaf in _leaves(_table(tree).get("nav"), ())]
    else:
        named = list(_leaves(tree, ("root", "file")))
    found = []
    for leaf in named:
        path = os.path.join(folder, leaf)
        ways = (path, *(path + suffix for suffix in (".md", ".ipynb", ".rst", ".tex")))
        found += [way for way in ways if os.path.isfile(way)][:1]
    return found


def _leaves(tree: object, keys: tuple[str, ...]) -> Iterator[str]:
    """The names of files in a table of contents, in order.

    Args:
        tree: lists, tables and texts.
        keys: under which a text is a file's name; of a table without any of them, every text is.
    """
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list):
        for entry in tree:
            yield from _leaves(entry, keys)
    elif isinstance(tree, dict):
        for key, value in tree.items():
            if isinstance(value, str) and keys and key not in keys:
                continue
            yield from _leaves(value, keys)


def _table(tree: object) -> dict[Any, Any]:
    """A part of a table of contents that should be a table; empty where it is none."""
    return tree if isinstance(tree, dict) else {}


def _yaml(text: str, where: str) -> Any:
    try:
        import yaml
    except ImportError:
        raise MissingToolError(
            "PyYAML reads this kind of contents", where=where, hint="pip install pyyaml"
        ) from None

    class Loader(yaml.SafeLoader):  # type: ignore[misc, unused-ignore]
        """Reads data; what a tag would construct stays what it is."""

    Loader.add_multi_constructor("", lambda loader, suffix, node: None)
    try:
        return yaml.load(text, Loader)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise InputError("not YAML", where=f"{where}, line {line}") from None
