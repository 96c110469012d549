"""Arguments by argparse: the help texts, and one way to say what was wrong (exit code 2)."""

from __future__ import annotations

import argparse
import json as json_module
import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

from oms_tui import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHARED = (
    (("--config",), {"metavar": "FILE", "help": "the config file, or the folder that holds config.toml"}),
    (("--as",), {"metavar": "AGENT", "dest": "agent", "help": "who works, one of the config's agents"}),
    (("--now",), {"metavar": "TIME", "help": "another time than now; only on a demo or test store"}),
    (("--json",), {"action": "store_true", "help": "one JSON document on standard output"}),
    (("--read-only",), {"action": "store_true", "help": "refuse every change"}),
    (("-v", "--verbose"), {"action": "store_true", "help": "say more"}),
)


class _Parser(argparse.ArgumentParser):
    """Argparse, whose refusals are a document too where one was asked for."""

    json = False

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end with 2."""
        _document(_Parser.json, message, f"`{self.prog} --help` says more")
        super().error(message)


def _document(json: bool, message: str, hint: str) -> None:
    if json:
        failure = {"code": "usage", "message": message, "field": None, "hint": hint}
        sys.stdout.write(json_module.dumps({"error": failure}) + "\n")


def _shared(*, defaults: bool) -> argparse.ArgumentParser:
    """The global options; they may stand before or behind the command."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=None if defaults else argparse.SUPPRESS)
    group = parser.add_argument_group("everywhere")
    for names, options in _SHARED:
        known: dict[str, Any] = dict(options)
        if defaults and known.get("action") != "store_true":
            known["default"] = ""
        group.add_argument(*names, **known)
    return parser


def _parser() -> tuple[argparse.ArgumentParser, Any]:
    parser = _Parser(
        prog="oms-tui",
        description="The support desk of an online merchant in one screen. Without a command: the desk.",
        epilog="`oms-tui COMMAND --help` says more. Exit codes: 0 done, 1 nothing found, 2 wrong use or config, "
        "3 a source failed, 4 refused, 5 it changed meanwhile, 6 in doubt, 70 a fault of ours.",
        parents=[_shared(defaults=True)],
    )
    parser.add_argument("--version", action="version", version=f"oms-tui {__version__}")
    return parser, parser.add_subparsers(dest="command", metavar="COMMAND", required=False)


def parsed(name: str, module: Any, arguments: Sequence[str], commands: Mapping[str, str]) -> argparse.Namespace:
    """The arguments of the command ``name``, whose module declares its own with ``add``.

    Raises:
        SystemExit: they are wrong (2), or help was asked for (0).
    """
    _Parser.json = "--json" in arguments
    parser, commands_parser = _parser()
    inner = commands_parser.add_parser(
        name, help=commands[name], description=module.__doc__, parents=[_shared(defaults=False)]
    )
    module.add(inner)
    _share_with_verbs(inner)
    return parser.parse_args(list(arguments))


def _share_with_verbs(parser: argparse.ArgumentParser) -> None:
    """Let the global options stand behind a command's own verb too (`mail list --json`)."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to its subparsers
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - likewise
            for verb in action.choices.values():
                group = verb.add_argument_group("everywhere")
                for names, options in _SHARED:
                    group.add_argument(*names, **options, default=argparse.SUPPRESS)


def refuse(argument: str) -> NoReturn:
    """Tell help, the version, or what is wrong with a line that names no command."""
    from oms_tui.cli import COMMANDS

    parser, commands_parser = _parser()
    for name, words in COMMANDS.items():
        commands_parser.add_parser(name, help=words)
    if argument in {"-h", "--help", "--version"}:
        parser.parse_args([argument])
    near = get_close_matches(argument, COMMANDS, n=1)
    meant = f"; did you mean {near[0]}?" if near else ""
    said = f"there is no command or option {argument!r}{meant}"
    _document("--json" in sys.argv, said, "`oms-tui --help` lists them")
    sys.stderr.write(f"oms-tui: {said}\n  `oms-tui --help` lists them\n")
    sys.exit(2)
