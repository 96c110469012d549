"""How every source does: when it was last read, what went wrong, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands import documents
from oms_tui.commands.context import emit, opened, table, tell
from oms_tui.commands.failures import DONE, SOURCE_FAILED

if TYPE_CHECKING:
    import argparse

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import SourceHealth


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments: there are none."""
    del parser


def healths(config: Config, session: Session) -> list[SourceHealth]:
    """How each configured source does, in the config's order."""
    from oms_tui.store.reads.health import source_health

    sources = {source.name: (source.kind, source.enabled, source.stale_after_ms) for source in config.sources.values()}
    return source_health(session.store, sources, session.now())


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from oms_tui.store.reads.outbox import UNDECIDED, outbox

    config, session = opened(options)
    found = healths(config, session)
    if options.json:
        emit(documents.listed(documents.health(each) for each in found))
    else:
        rows = (
            [each.source, each.kind, each.state, _age(each.age_seconds), f"{each.records:,}", str(each.quarantined)]
            for each in found
        )
        table(rows, ("source", "kind", "state", "last read", "records", "set aside"))
        for each in found:
            if each.error:
                tell(f"{each.source}: {each.error}\n  {each.hint}")
        if open_items := outbox(session.store):
            undecided = sum(each.state in UNDECIDED for each in open_items)
            tell(f"outbox: {len(open_items)} not done, {undecided} need a decision; `oms-tui outbox` shows them")
    return SOURCE_FAILED if any(each.state == "failed" for each in found) else DONE


def _age(seconds: int | None) -> str:
    if seconds is None:
        return "never"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit} ago"
    return f"{seconds}s ago"
