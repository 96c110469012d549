"""Room on the disk under a desk: whether there is any, and words for a write that found none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

FULL_BYTES: Final = 2 * 1024 * 1024
"""Less room than this counts as none: a page of records, or a reply with its record, would not fit any more."""

HINT: Final = "make room on that disk; then everything goes on by itself, and what was refused can be done again"


def free_bytes(folder: Path) -> int | None:
    """Bytes a person's files may still take on the disk of ``folder``; None where the system does not tell."""
    try:
        found = os.statvfs(folder)
    except (OSError, AttributeError):
        return None
    return found.f_bavail * found.f_frsize


def shortage(folder: Path) -> str:
    """What is wrong with the room under ``folder`` in words, "" while there is enough."""
    free = free_bytes(folder)
    if free is None or free >= FULL_BYTES:
        return ""
    return f"the disk of {folder} is full ({free // 1024:,} kB left): nothing new can be kept"


def is_full(error: BaseException) -> bool:
    """Whether a write failed for want of room: SQLITE_FULL and ENOSPC say so in these words."""
    words = str(error).casefold()
    return "disk is full" in words or "no space left" in words or "disk quota" in words
