"""The shop of these stories, on a store of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

HERE = str(Path(__file__).parents[1] / "derive")
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from shop import Shop  # noqa: E402 - it lies in the folder just made importable

from oms_tui.store.workspace import Workspace  # noqa: E402 - together with the import above

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Workspace(tmp_path / "desk") as store:
        yield Shop(store)
