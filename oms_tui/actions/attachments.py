"""Files of a reply: copied into the desk's own folder when they are attached, so that they are there when it leaves."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import Refused
from oms_tui.domain.mail_building import File
from oms_tui.domain.safe_text import safe_file_name
from oms_tui.store.reads.outbox import attachments_in_use

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from oms_tui.store.workspace import Workspace

FOLDER: Final = "attachments"
LARGEST: Final = 20 * 1024 * 1024
"""Bytes of all files of one mail: most servers take 25 MB, and base64 adds a third."""

KEPT_SECONDS: Final = 30 * 24 * 3600
"""How long files are kept that no draft and no reply under way names: undo may bring a draft back."""


def attached(store: Workspace, draft_id: str, path: Path, already: Sequence[str]) -> str:
    """Copy a file to a draft's files; returns its path below the desk's folder.

    Raises:
        Refused: it cannot be read, is no file, or is too large with what is attached already.
    """
    try:
        if not path.is_file():
            raise Refused(f"{path} is no file", field="attachments")
        size = path.stat().st_size + sum(size_of(store, each) for each in already)
        if size > LARGEST:
            raise Refused(
                f"{path.name}: the files would be {_megabytes(size)} together, a mail takes {_megabytes(LARGEST)}",
                field="attachments",
                hint="send a link instead",
            )
        folder = store.folder / FOLDER / draft_id
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = _free(folder, safe_file_name(path.name))
        shutil.copyfile(path, target)
    except OSError as error:
        raise Refused(f"{path.name} cannot be attached: {error.strerror or error}", field="attachments") from error
    return target.relative_to(store.folder).as_posix()


def size_of(store: Workspace, name: str) -> int:
    """Bytes of an attached file; 0 if it is gone."""
    path = located(store, name)
    return path.stat().st_size if path is not None else 0


def located(store: Workspace, name: str) -> Path | None:
    """Where an attached file lies; None if it is gone, or if the name leads out of the desk's folder."""
    root = (store.folder / FOLDER).resolve()
    path = (store.folder / name).resolve()
    return path if path.is_relative_to(root) and path.is_file() else None


def files_of(store: Workspace, names: Sequence[str]) -> tuple[File, ...]:
    """The attached files with their bytes.

    Raises:
        Refused: one is gone or cannot be read, or they are too large.
    """
    from mimetypes import guess_type

    found = []
    for name in names:
        path = located(store, name)
        if path is None:
            raise Refused(f"{name.rpartition('/')[2]} is no longer there", field="attachments", hint="attach it again")
        try:
            content = path.read_bytes()
        except OSError as error:
            raise Refused(f"{path.name} cannot be read: {error.strerror}", field="attachments") from error
        kind, encoding = guess_type(path.name)
        found.append(File(path.name, content, kind if kind and not encoding else "application/octet-stream"))
    if (size := sum(len(file.content) for file in found)) > LARGEST:
        raise Refused(
            f"the files are {_megabytes(size)} together, a mail takes {_megabytes(LARGEST)}", field="attachments"
        )
    return tuple(found)


def sweep(store: Workspace, now: int) -> None:
    """Remove the files of drafts that are long gone; what was saved from mails lies beside their folders and stays.

    ``now`` in milliseconds.
    """
    root = store.folder / FOLDER
    if not root.is_dir():
        return
    named = {name.split("/")[1] for name in attachments_in_use(store)}
    for folder in root.iterdir():
        if folder.is_dir() and folder.name not in named and now / 1000 - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _free(folder: Path, name: str) -> Path:
    """A path in ``folder`` that is not taken: the name, or the name with a number."""
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    path, count = folder / name, 1
    while path.exists():
        count += 1
        path = folder / f"{stem} ({count}){dot}{extension}"
    return path


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"
