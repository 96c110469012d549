"""Stories on a screen are coroutines, run by anyio's plugin (httpx brings it). A real desk is the actions' own."""

import pytest
from actions.conftest import clock, session, store, world

__all__ = ["clock", "session", "store", "world"]


@pytest.fixture
def anyio_backend() -> str:
    """Textual runs on asyncio."""
    return "asyncio"
