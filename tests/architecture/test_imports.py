"""Who may import whom, and what must not be loaded before it is needed: each proven in a fresh interpreter."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def loaded_after(code: str) -> set[str]:
    """The names of all modules that a fresh interpreter has loaded after running ``code``."""
    script = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(answer.stdout.split())


def roots(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_the_contracts_hold() -> None:
    answer = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_command_line_brings_no_terminal_library_no_table_classes_and_no_network() -> None:
    heavy = {"textual", "rich", "sqlmodel", "sqlalchemy", "pydantic", "httpx", "imapclient", "jinja2", "argparse"}
    assert not heavy & roots(loaded_after("import oms_tui.cli"))


def test_a_connector_loads_nothing_of_ours() -> None:
    code = "from connectors.catalogue import connector, keys\nfor key in keys():\n    connector(key)"
    # httpx brings rich along for its own command line; that none of ours imports it, the contracts say.
    assert not {"oms_tui", "textual", "sqlmodel", "sqlalchemy"} & roots(loaded_after(code))


DOMAIN = sorted(path.stem for path in (ROOT / "oms_tui" / "domain").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", DOMAIN)
def test_a_rule_of_the_trade_loads_no_store_no_screen_and_no_network(name: str) -> None:
    loaded = loaded_after(f"import oms_tui.domain.{name}")
    ours = {module for module in loaded if module.startswith("oms_tui.") and not module.startswith("oms_tui.domain")}
    assert not ours
    assert not {"sqlite3", "pysqlite3", "sqlmodel", "textual", "rich", "httpx", "imapclient", "connectors"} & roots(
        loaded
    )


def test_the_first_page_of_the_queue_is_read_without_table_classes() -> None:
    loaded = roots(loaded_after("import oms_tui.desk\nimport oms_tui.store.reads.queue"))
    assert not {"sqlmodel", "sqlalchemy", "pydantic", "jinja2", "connectors", "httpx", "textual"} & loaded


def test_the_worker_never_loads_the_screen() -> None:
    assert not {"textual", "sqlmodel", "sqlalchemy"} & roots(loaded_after("import oms_tui.sync.worker"))


@pytest.mark.parametrize("module", ["oms_tui.actions.catalogue", "oms_tui.actions.run"])
def test_actions_load_neither_screen_nor_network(module: str) -> None:
    assert not {"textual", "rich", "httpx", "imapclient", "jinja2", "sqlmodel"} & roots(
        loaded_after(f"import {module}")
    )
