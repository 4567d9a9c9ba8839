"""How our commands differ from click's: examples come first, and a slip gets a suggestion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from symback.cli.output import kept_apart
from symback.cli.voice import voice
from symback.errors import InputError, quote
from symback.suggest import did_you_mean

if TYPE_CHECKING:
    NameType = click.ParamType[str]
else:
    NameType = click.ParamType  # of which older versions make no generic type

__all__ = ["Command", "Group", "OneOf", "Written"]


class Written(click.Path):
    """The name of a file that is written; every other `click.Path` names what is read."""


def _volume(level: int) -> Callable[[click.Context, click.Parameter, bool], None]:
    def turn(_: click.Context, __: click.Parameter, wanted: bool) -> None:
        if wanted:
            voice.level = level

    return turn


def _voice_options() -> list[click.Option]:
    return [
        click.Option(
            ["-q", "--quiet"],
            is_flag=True,
            expose_value=False,
            callback=_volume(0),
            help="Say nothing on standard error but what failed.",
        ),
        click.Option(
            ["-v", "--verbose"],
            is_flag=True,
            expose_value=False,
            callback=_volume(2),
            help="Say there what is read, and which settings count.",
        ),
    ]


def _debug_option() -> click.Option:
    # Its presence is looked up in the arguments, since a fault may come before they are parsed.
    return click.Option(
        ["--debug"],
        is_flag=True,
        expose_value=False,
        help="Show the traceback of an internal error.",
    )


class Command(click.Command):
    """A command whose help begins with examples.

    Args:
        examples: command lines that do what they say as they stand.
    """

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.params += [*_voice_options(), _debug_option()]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, each option at most once unless it may be repeated."""
        if not ctx.resilient_parsing:
            _refuse_repetition(self.make_parser(ctx).parse_args(list(args))[2])
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, unless it would write over what it reads or what else it writes."""
        written: list[tuple[str, str]] = []
        read: list[tuple[str, str]] = []
        for param in self.params:
            if isinstance(param.type, click.Path):
                value = ctx.params.get(param.name or "") or ()
                names = (value,) if isinstance(value, str) else tuple(value)
                is_option = isinstance(param, click.Option)
                place = param.opts[-1] if is_option else (param.metavar or "FILE").strip("[].")
                known = written if isinstance(param.type, Written) else read
                known.extend((place, name) for name in names)
        kept_apart(written, read)
        return super().invoke(ctx)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help, examples first."""
        _write_examples(self.examples, formatter)
        super().format_help(ctx, formatter)


class Commands(MutableMapping[str, click.Command]):
    """Commands by name, each of which is loaded when it is looked at.

    Args:
        modules: for each name, the module whose command it is.
    """

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._found: dict[str, click.Command | str] = dict(modules)

    def __getitem__(self, name: str) -> click.Command:
        found = self._found[name]
        if isinstance(found, str):
            found = self._found[name] = getattr(import_module(found), found.rpartition(".")[2])
        return found

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._found[name] = command

    def __delitem__(self, name: str) -> None:
        del self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class Group(click.Group):
    """A command with commands below it, whose help begins with examples.

    Args:
        examples: command lines that do what they say as they stand.
        modules: for the name of each command below it, the module that has it.
    """

    command_class = Command

    def __init__(
        self,
        *args: Any,
        examples: Sequence[str] = (),
        modules: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.commands = Commands(modules or {})
        self.context_settings.setdefault("help_option_names", ["-h", "--help"])
        self.examples = tuple(examples)
        self.params.append(_debug_option())

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help, examples first."""
        _write_examples(self.examples, formatter)
        super().format_help(ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which they were added, the main one first."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command by its name, or say which one may have been meant."""
        name = args[0]
        if name.startswith("-") or name in self.commands:
            return super().resolve_command(ctx, args)
        suggestion = did_you_mean(name, self.commands)
        raise InputError(
            f"unknown command {quote(name)}{suggestion}",
            hint=None if suggestion else f"known are {', '.join(self.commands)}",
        )


class OneOf(NameType):
    """One name out of a few, with a suggestion for a slip.

    Args:
        kind: what the names are names of, for the message.
        names: the names, in the order in which help shows them.
        aliases: other words that people use for a name, offered as a suggestion.
    """

    name = "name"

    def __init__(
        self, kind: str, names: Iterable[str], aliases: dict[str, str] | None = None
    ) -> None:
        self.kind = kind
        self.names = tuple(names)
        self.aliases = aliases or {}

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """The names, as help shows them."""
        return f"[{'|'.join(self.names)}]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name itself, if it is one.

        Raises:
            InputError: with what may have been meant.
        """
        if value in self.names:
            return value
        suggestion = did_you_mean(self.aliases.get(value, value), self.names)
        raise InputError(
            f"unknown {self.kind} {quote(value)}{suggestion}",
            where=param.opts[0] if isinstance(param, click.Option) else None,
            hint=None if suggestion else f"known are {', '.join(self.names)}",
        )

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """The names that begin like what has been typed."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in self.names if name.startswith(incomplete)]


def _refuse_repetition(order: Iterable[click.Parameter]) -> None:
    """Refuse an option that is given twice; of the two, click would silently take the last."""
    seen = set()
    for option in order:
        if not isinstance(option, click.Option) or option.multiple:
            continue
        # A mere sign, such as --force, means the same however often it is given.
        if option in seen and (option.secondary_opts or not option.is_flag):
            name = "/".join((*option.opts[:1], *option.secondary_opts[:1]))
            raise InputError("given more than once; say which one is meant", where=name)
        seen.add(option)


def _write_examples(examples: Sequence[str], formatter: click.HelpFormatter) -> None:
    if examples:
        formatter.write("Examples:\n")
        formatter.write("".join(f"  $ {example}\n" for example in examples))
        formatter.write_paragraph()
