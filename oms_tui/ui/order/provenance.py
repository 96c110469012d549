"""Where figures are from and how old they are: what stands in a panel's lower border."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.ui.order.frame import newest
from oms_tui.ui.rows import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oms_tui.store.shapes import OrderView
    from oms_tui.ui.order.frame import Frame


def read_at(view: OrderView, source: str, synced: int | None) -> int | None:
    """When what ``source`` says was last true: when its record was read, or its last run that found nothing newer."""
    return newest((synced or None, view.source_ages.get(source)))


def sources_of(records: Iterable[tuple[str, int | None]]) -> dict[str, int | None]:
    """Each source of some records ``(source, synced_at)`` with the newest reading, in the order they appear."""
    found: dict[str, int | None] = {}
    for source, synced in records:
        if source:
            found[source] = newest((found.get(source), synced or None))
    return found


def provenance(view: OrderView, frame: Frame, records: Iterable[tuple[str, int | None]]) -> tuple[Part, ...]:
    """``tryton 40s · stripe 1h stale`` for the sources of some records."""
    parts: list[Part] = []
    for part in _marks(view, frame, sources_of(records)):
        if parts:
            parts.append(Part(" · ", "faint"))
        parts.append(part)
    return tuple(parts)


def _marks(view: OrderView, frame: Frame, sources: dict[str, int | None]) -> Iterator[Part]:
    for source, synced in sources.items():
        at = read_at(view, source, synced)
        if at is None:
            yield Part(f"{source} never read", "alarm")
        elif frame.stale(source, at):
            yield Part(f"{source} {frame.ago(at)} stale", "alarm")
        else:
            yield Part(f"{source} {frame.ago(at)}", "muted")


def stale_sources(
    view: OrderView, frame: Frame, records: Iterable[tuple[str, int | None]]
) -> tuple[tuple[str, str], ...]:
    """The sources that are behind, each with the age of what is shown ("" if it was never read)."""
    behind = []
    for source, synced in sources_of(records).items():
        at = read_at(view, source, synced)
        if frame.stale(source, at):
            behind.append((source, frame.ago(at) if at is not None else ""))
    return tuple(behind)
