"""Stories on a screen are coroutines; anyio's plugin, which comes with httpx, runs them."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Textual runs on asyncio."""
    return "asyncio"
