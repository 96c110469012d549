"""Mails to read: short ones written here, and the collection of real and hostile ones where it is at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connectors.mail.message import parse_message
from connectors.records import MailKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.records import MailRecord

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "mail"
KEY = MailKey("INBOX", "7", "1")


@pytest.fixture
def corpus() -> Path:
    if not CORPUS.is_dir():
        pytest.skip(f"the mail collection is not at {CORPUS}")
    return CORPUS


@pytest.fixture
def key() -> MailKey:
    return KEY


@pytest.fixture
def read() -> Callable[..., MailRecord]:
    """A record from a mail written with plain line ends."""

    def read_mail(text: str | bytes, **more: object) -> MailRecord:
        raw = text if isinstance(text, bytes) else text.encode()
        return parse_message(raw, KEY, **more)  # type: ignore[arg-type]

    return read_mail
