"""Where documents go: standard output, or files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

from symback.errors import CannotWriteError, InputError
from symback.records import dataclass

__all__ = [
    "Target",
    "abandon_stdout",
    "kept_apart",
    "print_pieces",
    "print_text",
    "write_together",
]


def kept_apart(
    written: Iterable[tuple[str, str | None]], read: Iterable[tuple[str, str | None]] = ()
) -> None:
    """Refuse to write two things into one file, or over what is read.

    Args:
        written: what each file that is written is given for, as an option, and its name; ``-`` and
            None are no file.
        read: the same of files that are read; a name that no file has is a name of something else.

    Raises:
        InputError: naming the second of two that are one.
    """
    sources = {
        os.path.realpath(name): option
        for option, name in read
        if name is not None and name != "-" and os.path.isfile(name)
    }
    seen: dict[str, str] = {}
    for option, name in written:
        if name is None or name == "-":
            continue
        path = os.path.realpath(name)
        if path in sources:
            raise InputError(
                f"{name} is read here, as {sources[path]}",
                where=option,
                hint="write to a file of another name",
            )
        if path in seen:
            raise InputError(
                f"{name} is the file of {seen[path]} already",
                where=option,
                hint="give each a name of its own",
            )
        seen[path] = option


@dataclass(frozen=True, slots=True)
class Target:
    """A place to write a document to.

    Attributes:
        name: a file's name; ``-`` is standard output.
        force: whether a file that exists may be replaced.
    """

    name: str
    force: bool = False

    @property
    def is_stdout(self) -> bool:
        """Whether the document goes to standard output."""
        return self.name == "-"

    def check(self) -> None:
        """Find out before the work what would stand in the way after it.

        Raises:
            CannotWriteError: for a missing folder, a file that exists, a place without permission.
            InputError: for what cannot be a file's name.
        """
        if self.is_stdout:
            return
        if not self.name or "\0" in self.name:
            raise InputError("this cannot be the name of a file", where="-o")
        with self._reported():
            path = self._path()
            if path.is_symlink():
                raise self._failure("is a link that leads round to itself")
            if path.is_dir():
                raise self._failure("is a folder")
            if self.name.endswith(("/", os.sep)):
                raise self._failure("there is no such folder, and no name for a file in it")
            if not path.parent.is_dir():
                raise self._failure(f"there is no folder {path.parent.name or path.parent}")
            if path.exists():
                if path.is_file() and not self.force:
                    raise self._failure("exists already", hint="--force replaces it")
            elif not os.access(path.parent, os.W_OK):
                raise self._failure("no permission to write in this folder")

    def write(self, document: str | bytes) -> None:
        """Write a document; text in UTF-8 and with Unix line ends when it goes to a file.

        Raises:
            CannotWriteError: nothing half-written is left behind.
        """
        if self.is_stdout:
            if isinstance(document, str):
                print_text(document)
            else:
                _print_bytes(document)
            return
        self._write_pieces((document.encode() if isinstance(document, str) else document,))

    def stream(self, pieces: Iterable[str]) -> None:
        """Write a text piece by piece, so that it is never in memory as a whole.

        Raises:
            CannotWriteError: nothing half-written is left behind, except on standard output.
        """
        if self.is_stdout:
            print_pieces(pieces)
        else:
            self._write_pieces(piece.encode() for piece in pieces)

    def _write_pieces(self, pieces: Iterable[bytes]) -> None:
        self.check()
        with self._reported():
            path = self._path()
            if _is_device(path):
                with path.open("wb") as device:
                    device.writelines(pieces)
            else:
                with _draft(path, pieces) as draft:
                    self._put(draft, path)

    def _put(self, draft: Path, path: Path) -> None:
        """Give a draft its name, unless somebody has taken that meanwhile."""
        if self.force:
            os.replace(draft, path)
            return
        try:
            os.link(draft, path)  # unlike a renaming, this never replaces a file
        except FileExistsError:
            raise self._failure("exists already", hint="--force replaces it") from None
        except OSError:  # a file system without links
            if path.exists():
                raise self._failure("exists already", hint="--force replaces it") from None
            os.replace(draft, path)

    def _path(self) -> Path:
        # A link stays a link: what it points to is replaced.
        return Path(os.path.realpath(self.name))

    def _failure(self, reason: str, hint: str | None = None) -> CannotWriteError:
        return CannotWriteError(reason, where=f"cannot write {self.name}", hint=hint)

    @contextlib.contextmanager
    def _reported(self) -> Generator[None]:
        """Say in one line what the operating system had against it."""
        try:
            yield
        except CannotWriteError:
            raise
        except OSError as error:
            raise self._failure((error.strerror or str(error)).lower()) from None


def write_together(documents: Sequence[tuple[Target, str | bytes]]) -> None:
    """Write several documents of which none is of use alone: all of them, or no file at all.

    Raises:
        CannotWriteError: nothing half-written is left behind, and no file without the others.
    """
    files = [
        (target, text.encode() if isinstance(text, str) else text)
        for target, text in documents
        if not target.is_stdout
    ]
    for target, _ in files:
        target.check()
    with contextlib.ExitStack() as drafts:
        ready: list[tuple[Target, Path, Path]] = []
        devices: list[tuple[Target, bytes]] = []
        for target, content in files:
            with target._reported():
                path = target._path()
                if _is_device(path):
                    devices.append((target, content))
                else:
                    ready.append((target, drafts.enter_context(_draft(path, (content,))), path))
        for target, content in devices:  # which may fail, while no file has its name yet
            target.write(content)
        placed: list[Path] = []
        try:
            for target, draft, path in ready:
                is_new = not path.exists()
                with target._reported():
                    target._put(draft, path)
                if is_new:
                    placed.append(path)
        except BaseException:
            for path in placed:
                with contextlib.suppress(OSError):
                    path.unlink()
            raise
    for target, text in documents:
        if target.is_stdout:
            target.write(text)


def print_text(text: str) -> None:
    """Write a document to standard output; a reader who has seen enough is no failure.

    Raises:
        CannotWriteError: when standard output is closed, full, or cannot hold a character.
    """
    print_pieces((text,))


def print_pieces(pieces: Iterable[str]) -> None:
    """The same piece by piece; no more are asked for once the reader has seen enough."""
    if sys.stdout is None:
        raise CannotWriteError("it is closed", where="cannot write to standard output")
    try:
        for piece in pieces:
            sys.stdout.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        abandon_stdout()
    except UnicodeEncodeError as error:
        raise CannotWriteError(
            f"its encoding, {error.encoding}, has no {error.object[error.start]!a}",
            where="cannot write to standard output",
            hint="write to a file with -o, or set PYTHONIOENCODING=utf-8",
        ) from None
    except OSError as error:
        abandon_stdout()
        raise CannotWriteError(
            (error.strerror or str(error)).lower(), where="cannot write to standard output"
        ) from None


def _print_bytes(content: bytes) -> None:
    """Write what is no text to standard output.

    Raises:
        CannotWriteError: when it is closed, full, or a terminal.
    """
    if sys.stdout is None:
        raise CannotWriteError("it is closed", where="cannot write to standard output")
    if sys.stdout.isatty():
        raise CannotWriteError(
            "this format is not text",
            where="cannot write to a terminal",
            hint="name a file with -o",
        )
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        abandon_stdout()
    except OSError as error:
        abandon_stdout()
        raise CannotWriteError(
            (error.strerror or str(error)).lower(), where="cannot write to standard output"
        ) from None


def abandon_stdout() -> None:
    """Send what is still to come nowhere, so that the interpreter's last flush cannot fail."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _is_device(path: Path) -> bool:
    """Whether a device or a pipe is there: what is written goes into it, and never in its place."""
    return path.exists() and not path.is_file()


@contextlib.contextmanager
def _draft(path: Path, pieces: Iterable[bytes]) -> Generator[Path]:
    """A file beside this one that is whole, with the rights of the one before, or of a new one."""
    draft = path.parent / f".symback-{os.getpid()}-{os.urandom(4).hex()}.tmp"
    # Plain open(), unlike tempfile, gives the rights that the user's umask asks for.
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(descriptor, "wb") as file:
            file.writelines(pieces)
        if path.exists():
            os.chmod(draft, stat.S_IMODE(path.stat().st_mode))
        yield draft
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
