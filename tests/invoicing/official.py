"""Stripe's official fixtures, read where they lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parents[2].parent / "shared" / "corpus" / "payloads" / "stripe"


def official(name: str) -> dict[str, Any]:
    """One of them by its name; a test without them is skipped."""
    path = FIXTURES / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"Stripe's official fixtures are not at {FIXTURES}")
    return json.loads(path.read_text())  # type: ignore[no-any-return] # an object, as each of them is
