"""The options every command shares, read without argparse: starting the desk must not pay for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

_WITH_VALUE: Final = {"--config": "config", "--as": "agent", "--now": "now"}
_FLAGS: Final = {"--json": "json", "--read-only": "read_only", "-v": "verbose", "--verbose": "verbose"}


@dataclass(slots=True)
class Options:
    """The global options; a command's own arguments are set on a subclass of this made by argparse."""

    config: str = ""
    agent: str = ""
    now: str = ""
    json: bool = False
    read_only: bool = False
    verbose: bool = False


def command_of(arguments: Sequence[str], commands: Container[str]) -> str | None:
    """The command among the arguments, "" being none of the desk's: None means the desk itself.

    Raises:
        SystemExit: the first word is no command, or help or the version was asked for (argparse tells).
    """
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in _WITH_VALUE:
            skip = True
        elif argument in commands:
            return argument
        elif argument not in _FLAGS and argument.partition("=")[0] not in _WITH_VALUE:
            from oms_tui.commands.parsing import refuse

            refuse(argument)
    return None


def options_of(arguments: Sequence[str]) -> Options:
    """The global options of a line without a command.

    Raises:
        SystemExit: an option lacks its value.
    """
    options = Options()
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name in _WITH_VALUE:
            value = value if equals else next(rest, "")
            if not value:
                from oms_tui.commands.parsing import refuse

                refuse(argument)
            setattr(options, _WITH_VALUE[name], value)
        else:
            setattr(options, _FLAGS[argument], True)
    return options
