"""What the JSON documents of CONTRACT.md are made of: times as RFC 3339 in UTC, minor units, origins, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.domain.rfc3339 import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterable

Document = dict[str, Any]


def moment(milliseconds: int | None) -> str | None:
    """A time as RFC 3339 in UTC."""
    return None if milliseconds is None else utc_text(milliseconds)


def amount(minor: int, currency: str) -> Document:
    """Money in minor units."""
    return {"amount": minor, "currency": currency}


def listed(items: Iterable[Document], following: str | None = None) -> Document:
    """A list as every command gives it."""
    return {"items": list(items), "next": following}


def origin(source: str, source_id: str, synced_at: int | None) -> Document:
    """Which source a thing is from, and when it was last read."""
    return {"source": source, "source_id": source_id, "synced_at": moment(synced_at)}
