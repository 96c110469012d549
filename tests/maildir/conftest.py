"""A Maildir as the programs around us write it, and a mailbox on it."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING, Any

import pytest

from connectors.base import Account
from connectors.mail.maildir import MaildirMailbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connectors.records import MailPage


def message(number: int | str, *, subject: str = "Where is my order?", extra: str = "") -> bytes:
    return (
        f"From: Jan Kowal <jan@cust.example>\nTo: support@shop.test\nSubject: {subject}\n"
        f"Date: Mon, 02 Mar 2026 10:00:00 +0000\nMessage-ID: <{number}@cust.example>\n{extra}\nHello from {number}\n"
    ).encode()


class Box:
    """A Maildir under test. ``settle`` makes its folders look untouched for a while, as a real one mostly is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._numbers = itertools.count(1_770_000_000)
        for folder in ("tmp", "new", "cur"):
            (path / folder).mkdir(parents=True)

    def put(self, raw: bytes, *, seen: bool = False) -> str:
        unique = f"{next(self._numbers)}.M1P1.desk"
        target = self.path / ("cur" if seen else "new") / (f"{unique}:2,S" if seen else unique)
        target.write_bytes(raw)
        return unique

    def rename(self, unique: str, name: str) -> None:
        old = next(path for folder in ("new", "cur") for path in (self.path / folder).glob(f"{unique}*"))
        old.rename(self.path / "cur" / name)

    def settle(self, *, ago: float = 3600) -> None:
        for folder in ("new", "cur"):
            then = (self.path / folder).stat().st_mtime - ago
            os.utime(self.path / folder, (then, then))

    def state(self) -> list[str]:
        return sorted(str(path.relative_to(self.path)) for path in self.path.rglob("*") if path.is_file())


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "mail")


@pytest.fixture
def new_box(tmp_path: Path) -> Callable[[str], Box]:
    return lambda name: Box(tmp_path / name)


@pytest.fixture
def mail() -> Callable[..., bytes]:
    return message


@pytest.fixture
def open_mailbox(box: Box, tmp_path: Path) -> Callable[..., MaildirMailbox]:
    def made(**values: Any) -> MaildirMailbox:
        return MaildirMailbox(Account("support", {"path": box.path, **values}, tmp_path / "cache"))

    return made


@pytest.fixture
def run() -> Callable[..., tuple[list[MailPage], dict[str, Any]]]:
    def pages(mailbox: MaildirMailbox, cursor: dict[str, Any] | None, folder: str = "INBOX") -> Any:
        found = list(mailbox.changed(folder, cursor))
        assert not found[-1].more
        return found, found[-1].cursor

    return pages
