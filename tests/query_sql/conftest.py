"""The shop of these stories, on a store of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

HERE = str(Path(__file__).parent)
SHOPS = str(Path(__file__).parents[1] / "derive")
for folder in (SHOPS, HERE):
    if folder not in sys.path:
        sys.path.insert(0, folder)

from plain_shop import PlainShop  # noqa: E402 - they lie in the folder just made importable
from shop import Shop  # noqa: E402 - likewise

from oms_tui.store.workspace import Workspace  # noqa: E402 - together with the import above

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Workspace(tmp_path / "desk") as store:
        yield Shop(store)


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[PlainShop]:
    with Workspace(tmp_path / "desk") as store:
        yield PlainShop(store)
