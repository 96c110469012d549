"""The reference pages say what the program has."""

from __future__ import annotations

import pytest

from oms_tui.commands.reference import FOLDER, pages


@pytest.mark.parametrize("name", ["keys.md", "actions.md", "queries.md", "connectors.md"])
def test_a_page_is_what_the_catalogues_say(name: str) -> None:
    words = "run: python -m oms_tui.commands.reference"
    assert (FOLDER / name).read_text(encoding="utf-8") == pages()[name], words
