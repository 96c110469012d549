"""The harnesses there are, found by listing this folder: one module ``harness_<key>.py`` for each connector."""

from __future__ import annotations

import importlib
from pathlib import Path

from harness import Harness


def _classes() -> dict[str, type[Harness]]:
    found: dict[str, type[Harness]] = {}
    for path in sorted(Path(__file__).parent.glob("harness_*.py")):
        module = importlib.import_module(path.stem)
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, Harness) and thing.key:
                found[thing.key] = thing
    return found


CLASSES = _classes()
