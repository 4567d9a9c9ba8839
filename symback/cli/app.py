"""The command ``symback``: its commands, and what becomes of an error."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Sequence

import click

from symback import __version__
from symback.cli.command import Group
from symback.cli.output import abandon_stdout, print_text
from symback.cli.voice import voice
from symback.errors import InputError, SymbackError
from symback.suggest import did_you_mean

__all__ = ["run", "symback"]

# What an operating system says when there is no room for what is being written.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        print_text(f"symback {__version__}\n")
        context.exit()


_COMMANDS = (
    "derive",
    "handout",
    "emit",
    "verify",
    "check",
    "answer",
    "example",
    "exercises",
    "mark",
    "page",
    "explain",
    "model",
    "notation",
    "listing",
    "schema",
    "serve",
    "help",
    "completion",
)
"""The modules that have them, in the order of the help; each is loaded when its command is run."""

_NAMES = {"listing": "list"}
"""Commands that are not called as their modules are."""


@click.group(
    cls=Group,
    invoke_without_command=True,
    examples=(
        "symback derive --layers 2,2,2",
        "symback derive --layers 2,2,2 --weight 'W1[1,2]'",
        "symback derive --layers 2,3,1 --activations tanh,sigmoid -o gradients.tex",
        "symback verify --layers 784,128,10 --activations relu,softmax --loss cross-entropy",
        "symback check notes.md",
    ),
    modules={_NAMES.get(name, name): f"symback.cli.{name}" for name in _COMMANDS},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def symback(context: click.Context) -> None:
    """Derive, prove, explain and emit the backpropagation gradients of a neural network."""
    if context.invoked_subcommand is None:
        print_text(context.get_help() + "\n")


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; an error becomes one line on stderr.

    Below an error in a model stands the line that it is about, with a caret.

    Exit codes: 0 done, 1 something differs, 2 wrong usage or input, 3 too large, 4 an outside tool
    is missing, 5 cannot write, 70 internal error, 130 interrupted.
    """
    voice.level = 1
    try:
        with contextlib.suppress(ValueError):  # only the main thread may say so
            signal.signal(signal.SIGTERM, _stop)
        return _invoke(list(arguments))
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        return _fail(str(_in_our_words(error)), InputError.exit_code)
    except SymbackError as error:
        return _fail(str(error), error.exit_code, error.excerpt)
    except BrokenPipeError:
        # Whoever reads has seen enough, as `head` has: no failure of ours.
        abandon_stdout()
        return 0
    except _Terminated:
        return _fail("stopped by a signal", 128 + signal.SIGTERM)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted", 130)
    except MemoryError:
        return _fail("there is not enough memory for this; choose a smaller network", 3)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            abandon_stdout()
            return _fail(f"cannot write: {os.strerror(error.errno).lower()}", 5)
        return _internal_error(error, debug="--debug" in arguments)


class _Terminated(BaseException):
    """The operating system asked us to stop: drafts are removed on the way out."""


def _stop(*_: object) -> None:
    raise _Terminated


def _invoke(arguments: list[str]) -> int:
    if instruction := os.environ.get("_SYMBACK_COMPLETE"):
        from click.shell_completion import shell_complete

        return shell_complete(symback, {}, "symback", "_SYMBACK_COMPLETE", instruction)
    with symback.make_context("symback", arguments) as context:
        code = symback.invoke(context)
    if sys.stdout is not None and not sys.stdout.closed:  # a server closes it when it ends
        # Here a failure can still be reported; at the interpreter's end it would be noise.
        sys.stdout.flush()
    return code or 0


def _in_our_words(error: click.UsageError) -> InputError:
    """A complaint of click's, as one line that says what would be right."""
    command = error.ctx.command if error.ctx else symback
    if isinstance(error, click.NoSuchOption):
        known = [
            name for option in command.params for name in (*option.opts, *option.secondary_opts)
        ]
        message = f"unknown option {error.option_name}{did_you_mean(error.option_name, known)}"
    else:
        text = " ".join(error.format_message().split()).rstrip(".")
        message = text[:1].lower() + text[1:]
    hint = f"see {error.ctx.command_path} --help" if error.ctx and "?" not in message else None
    return InputError(message, hint=hint)


def _internal_error(error: Exception, *, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exc()
    advice = "" if debug else "; --debug shows the traceback"
    return _fail(str(SymbackError(f"internal error: {type(error).__name__}: {error}{advice}")), 70)


def _fail(line: str, code: int, excerpt: str = "") -> int:
    # If nobody listens on stderr either, the exit code still says it.
    with contextlib.suppress(OSError, ValueError):
        below = "".join(f"\n  {text}" for text in excerpt.splitlines())
        print(f"symback: {line}{below}", file=sys.stderr, flush=True)
    return code
