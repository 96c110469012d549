"""A watched folder, and everything that a reading of it brings."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

import pytest

from connectors.base import Account
from connectors.orders.files import Files
from connectors.orders.files_settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connectors.records import Page, Quarantined

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@dataclass
class Read:
    """What one run brought."""

    pages: list[Page]

    @property
    def records(self) -> list[Any]:
        return [record for page in self.pages for record in page.records]

    @property
    def bad(self) -> list[Quarantined]:
        return [bad for page in self.pages for bad in page.quarantined]

    @property
    def cursor(self) -> dict[str, Any]:
        return self.pages[-1].cursor

    def by_id(self) -> dict[str, Any]:
        """The last record of each remote id."""
        return {record.remote_id: record for record in self.records}


@dataclass
class Folder:
    """The folder, its files, and connectors on it."""

    path: Path
    cache: Path
    settings: dict[str, Any] = field(default_factory=dict)
    slept: list[float] = field(default_factory=list)
    opened: list[Files] = field(default_factory=list)
    zone: tzinfo = UTC

    def write(self, name: str, text: str | bytes, *, charset: str = "utf-8", age: float = 60) -> Path:
        """A file that was last changed ``age`` seconds ago."""
        path = self.path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(charset))
        at = time.time() - age
        os.utime(path, (at, at))
        return path

    def append(self, name: str, text: str) -> None:
        """More of a file; its time of change moves on."""
        path = self.path / name
        before = path.stat().st_mtime
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(text)
        os.utime(path, (before + 5, before + 5))

    def source(self, **settings: Any) -> Files:
        """A connector on the folder, as a new process would make it, of a desk in ``zone``."""
        defaults = {setting.name: setting.default for setting in SETTINGS}
        values = {**defaults, "path": self.path, "currency": "EUR", **self.settings, **settings}
        made = Files(Account("depot", values, self.cache, {"sleep": self.slept.append}, self.zone))
        self.opened.append(made)
        return made

    def read(self, stream: str = "orders", cursor: dict[str, Any] | None = None, **settings: Any) -> Read:
        """One run of a fresh connector."""
        return Read(list(self.source(**settings).changed(stream, cursor, until=NOW)))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    path = tmp_path / "exports"
    path.mkdir()
    made = Folder(path, tmp_path / "cache")
    yield made
    for source in made.opened:
        source.close()
