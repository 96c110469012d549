"""Macros: the replies written once, and whether each can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands.context import config_of
from oms_tui.commands.views_command import query_faults, told

if TYPE_CHECKING:
    import argparse

__all__ = ["add", "run"]


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("verb", choices=("list", "check"), nargs="?", default="list")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from oms_tui.actions.macro_files import broken, macros

    folder = config_of(options).macros
    found = macros(folder)
    faults = [(error.file, f"line {error.line}: {error.words}") for error in broken(folder)]
    faults += query_faults({macro.name: macro.when for macro in found if macro.when})
    items = [{"name": each.name, "title": each.title, "subject": each.subject or None} for each in found]
    items += [
        {"name": name, "title": None, "subject": None}
        for name, _ in faults
        if name not in {each.name for each in found}
    ]
    return told(options, faults, items)
