"""A desk on which ana works, with sixty orders. Stories are coroutines, run by anyio's plugin (httpx brings it)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ui_shell.shop import CONFIG, NOW, fill

from oms_tui.config import load
from oms_tui.desk import open_session
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session


@pytest.fixture
def anyio_backend() -> str:
    """Textual runs on asyncio."""
    return "asyncio"


@pytest.fixture
def make_config(tmp_path: Path) -> Callable[..., Config]:
    def make(more: str = "") -> Config:
        path = tmp_path / "config.toml"
        path.write_text(CONFIG + more, encoding="utf-8")
        return load(path)

    return make


@pytest.fixture
def config(make_config: Callable[..., Config]) -> Config:
    return make_config()


@pytest.fixture
def store(config: Config) -> Iterator[Workspace]:
    """The desk's store with sixty orders, on connections that stand for the worker's."""
    with Workspace(config.desk.store.folder) as workspace:
        fill(workspace, 60)
        yield workspace


@pytest.fixture
def session(config: Config, store: Workspace) -> Iterator[Session]:
    opened = open_session(config, clock=lambda: NOW)
    yield opened
    opened.store.close()
