"""The kinds of systems one can connect, and whether the config's own are set up right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands.context import config_of, emit, say, table
from oms_tui.commands.failures import DONE

if TYPE_CHECKING:
    import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("verb", choices=("list", "check"), nargs="?", default="list")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    if options.verb == "check":
        config = config_of(options, checked=True)
        if options.json:
            emit(
                {
                    "items": [{"source": each.name, "kind": each.kind, "ok": True} for each in config.sources.values()],
                    "next": None,
                }
            )
        else:
            say(f"{len(config.sources)} sources, their settings are right; `oms-tui doctor` reaches them")
        return DONE
    from connectors.catalogue import connector, keys

    manifests = [connector(key).manifest for key in keys()]
    if options.json:
        items = [
            {
                "kind": each.key,
                "title": each.title,
                "capabilities": sorted(each.capabilities),
                "cursor_covers": sorted(each.cursor_covers),
                "scale": each.scale,
                "proof": each.proof,
            }
            for each in manifests
        ]
        emit({"items": items, "next": None})
    else:
        table(
            ([each.key, each.title, each.scale, each.proof] for each in manifests),
            ("kind", "system", "scale", "proven against"),
        )
    return DONE
