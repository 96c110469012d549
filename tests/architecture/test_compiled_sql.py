"""The SQL text that runs is what the declaration says: whoever changes a table compiles it again."""

from oms_tui.store import compile as compiler


def test_the_compiled_text_is_that_of_the_declaration() -> None:
    words = "run: python -m oms_tui.store.compile"
    assert compiler.OUTPUT.read_text(encoding="utf-8") == compiler.compiled(), words
