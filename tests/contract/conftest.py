"""Every connector of the catalogue, with its harness, for the groups of the contract."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import stamina

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from harness import Harness

HERE = Path(__file__).parent
if str(HERE) not in sys.path:  # harness modules import each other by their plain names
    sys.path.insert(0, str(HERE))

from harness import GROUPS  # noqa: E402 - it lies in the folder just made importable
from harnesses import CLASSES  # noqa: E402 - likewise

from connectors import catalogue  # noqa: E402 - together with the import above

OUTCOMES: Counter[tuple[int, str, str]] = Counter()


class Given(Mapping[str, Any]):
    """The fixtures a harness names, each started when it is first looked up."""

    def __init__(self, request: pytest.FixtureRequest, names: tuple[str, ...]) -> None:
        self._request = request
        self._names = names

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return self._request.getfixturevalue(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


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
    capabilities = marker.kwargs.get("only", frozenset())
    params = [
        pytest.param(key, marks=[getattr(pytest.mark, mark) for mark in kind.marks])
        for key, kind in CLASSES.items()
        if key in catalogue.keys()  # noqa: SIM118 - keys is a function
        and number not in kind.not_applicable
        and catalogue.connector(key).manifest.capabilities.issuperset(capabilities)
    ]
    metafunc.parametrize("harness", params, indirect=True)


@pytest.fixture
def harness(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    """The harness of one connector; every connector made with it is closed."""
    kind = CLASSES[request.param]
    made = kind(given=Given(request, kind.fixtures), folder=tmp_path)
    yield made
    for connector in made.opened:
        connector.close()
    made.close()


@pytest.fixture(autouse=True)
def _no_waiting_between_calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("connectors.rate.TokenBucket.take", lambda _bucket: None)  # tests/http holds the pace
    with stamina.set_testing(testing=True, attempts=3, cap=True):
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Write group and connector into the report, which travels where tests run in several processes."""
    outcome = yield
    report = outcome.get_result()
    marker = item.get_closest_marker("group")
    callspec = getattr(item, "callspec", None)
    if marker is not None and callspec is not None and (report.when == "call" or not report.passed):
        report.user_properties.append(("contract", (marker.args[0], callspec.params["harness"])))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count what became of each group for each connector."""
    if report.when != "call" and report.passed:
        return
    for name, value in report.user_properties:
        if name == "contract" and isinstance(value, (tuple, list)):  # a list where it came from another process
            OUTCOMES[value[0], value[1], report.outcome] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """With ``-v`` the contract as a table: groups by connectors, and why a group does not apply."""
    if terminalreporter.verbosity < 0 or not OUTCOMES:  # the project's own options hold one -q
        return
    terminalreporter.section("the connectors' contract")
    terminalreporter.write_line(" " * 4 + "".join(f"{key:>10}" for key in CLASSES))
    for number, words in GROUPS.items():
        cells = (f"{_cell(number, key):>10}" for key in CLASSES)
        terminalreporter.write_line(f"{number:>3} {''.join(cells)}  {words}")
    for key, kind in CLASSES.items():
        for number, reason in sorted(kind.not_applicable.items()):
            terminalreporter.write_line(f"{key} {number}: {reason}")


def _cell(number: int, key: str) -> str:
    if number in CLASSES[key].not_applicable:
        return "-"
    counts = [f"{OUTCOMES[number, key, word]} {word}" for word in ("failed", "skipped") if OUTCOMES[number, key, word]]
    return ", ".join(counts) or (f"{OUTCOMES[number, key, 'passed']} ok" if OUTCOMES[number, key, "passed"] else "?")
