"""A desk with one mailbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mail_in.story import Desk

from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Workspace(tmp_path / "desk") as store:
        yield Desk(store)
