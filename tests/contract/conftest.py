"""Every connector of the catalogue, with its harness, for the groups of the contract."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stamina

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
if str(HERE) not in sys.path:  # harness modules import each other by their plain names
    sys.path.insert(0, str(HERE))

from harness import GROUPS, Harness  # noqa: E402 - it lies in the folder just made importable

from connectors import catalogue  # noqa: E402 - together with the import above


def _classes() -> dict[str, type[Harness]]:
    found: dict[str, type[Harness]] = {}
    for path in sorted(HERE.glob("harness_*.py")):
        module = importlib.import_module(path.stem)
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, Harness) and thing.key:
                found[thing.key] = thing
    return found


CLASSES = _classes()


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the marker this suite is built on."""
    config.addinivalue_line("markers", "group(number): the group of the connectors' contract that a test belongs to")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each connector to which the test's group applies; a group is named by ``@pytest.mark.group(n)``."""
    if "harness" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("group")
    assert marker is not None, f"{metafunc.function.__name__} asks for a harness and names no group"
    number = marker.args[0]
    assert number in GROUPS
    params = [
        pytest.param(key, marks=[getattr(pytest.mark, mark) for mark in kind.marks])
        for key, kind in CLASSES.items()
        if key in catalogue.keys() and number not in kind.not_applicable  # noqa: SIM118 - keys is a function
    ]
    metafunc.parametrize("harness", params, indirect=True)


@pytest.fixture
def harness(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    """The harness of one connector, its servers running; every connector made with it is closed."""
    kind = CLASSES[request.param]
    made = kind(given={name: request.getfixturevalue(name) for name in kind.fixtures}, folder=tmp_path)
    yield made
    for connector in made.opened:
        connector.close()
    made.close()


@pytest.fixture(autouse=True)
def _no_waiting_between_retries() -> Iterator[None]:
    with stamina.set_testing(testing=True, attempts=3, cap=True):
        yield
