"""Times as every document and export writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_text(milliseconds: int) -> str:
    """A moment as RFC 3339 in UTC, to the second: ``2026-11-27T08:00:00Z``."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC).isoformat().replace("+00:00", "Z")
