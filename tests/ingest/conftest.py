"""A desk's store and records to feed it, as connectors make them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

_HERE = str(Path(__file__).parent)
if _HERE not in sys.path:  # test folders are no packages; the builders lie beside the tests
    sys.path.insert(0, _HERE)

from feeding import Desk  # noqa: E402 - found by the path above

from oms_tui.store.workspace import Workspace  # noqa: E402 - likewise

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose cache is empty."""
    with Workspace(tmp_path / "desk") as store:
        yield Desk(store)
