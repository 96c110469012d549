"""An attachment becomes a file: its name leads nowhere else, nothing is overwritten, nothing opened or unpacked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from oms_tui.domain.safe_text import safe_file_name

if TYPE_CHECKING:
    from pathlib import Path

_MOST: Final = 10_000  # files of one name in one folder
_ONLY_NEW: Final = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
)  # the last two are not there on every system


def save(folder: Path, name: str, content: bytes) -> Path:
    """Write ``content`` into ``folder`` as what its sender called ``name``; returns where it lies.

    Only the owner may read it. Is the name taken, a number is put behind it.

    Raises:
        OSError: it cannot be written; nothing is left of it then.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    safe = safe_file_name(name)
    stem, dot, extension = safe.rpartition(".")
    if not dot:
        stem, extension = safe, ""
    for count in range(1, _MOST):
        path = folder / (safe if count == 1 else f"{stem} ({count}){dot}{extension}")
        try:
            handle = os.open(path, _ONLY_NEW, 0o600)
        except FileExistsError:
            continue
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path
    raise FileExistsError(f"{folder} has {_MOST} files called {safe}")
