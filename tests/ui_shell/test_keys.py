from __future__ import annotations

import string
from typing import TYPE_CHECKING

import pytest
from textual.keys import _character_to_key

from oms_tui.actions.catalogue import all_actions
from oms_tui.config_errors import ConfigError
from oms_tui.ui.keys import COMMANDS, DESK, OUTBOX, QUIT, UNLINKED, KeysError, canonical, checked, key_map, textual_name
from oms_tui.ui.running import run_desk
from oms_tui.ui.widget_keys import keymap, widget_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session


def test_the_defaults_clash_nowhere() -> None:
    keys = key_map({}, all_actions())

    assert keys.of("n", DESK).id == "note"  # type: ignore[union-attr]
    assert keys.of("j", DESK).id == "down"  # type: ignore[union-attr]


def test_every_command_can_be_found_without_its_key() -> None:
    """What has no key of its own is in the palette; ids are what a config can write."""
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    for command in COMMANDS:
        assert command.id.replace("_", "").isalnum()
        assert command.title
        assert command.help.endswith((".", "…"))


def test_every_action_with_a_key_has_a_plain_one() -> None:
    chords = [action.id for action in all_actions() if "+" in action.key]

    assert not chords, "a chord alone is out of reach in tmux and on many keyboards"


def test_the_same_key_may_mean_something_else_on_another_screen() -> None:
    keys = key_map({}, all_actions())

    assert keys.of("1", DESK).id == "panel_1"  # type: ignore[union-attr]
    assert keys.of("1", UNLINKED).id == "link_1"  # type: ignore[union-attr]
    assert keys.of("1", OUTBOX) is None


def test_a_config_gives_other_keys_and_several() -> None:
    keys = key_map({"note": ("N", "ctrl+n"), "reject_identity": ()}, all_actions())

    assert keys.keys("note") == ("N", "ctrl+n")
    assert keys.of("ctrl+n", DESK).id == "note"  # type: ignore[union-attr]
    assert keys.of("n", DESK) is None
    assert keys.keys("reject_identity") == ()


def test_a_default_that_has_another_key_gives_way() -> None:
    keys = key_map({"note": ("j",)}, all_actions())

    assert keys.keys("down") == ("down",)
    assert keys.of("j", DESK).id == "note"  # type: ignore[union-attr]


def test_the_last_key_of_something_is_not_taken_silently() -> None:
    with pytest.raises(KeysError) as caught:
        key_map({"note": ("s",)}, all_actions())

    assert caught.value.mistakes == (("note", 's is the only key of snooze: give that another one too, snooze = "…"'),)


def test_two_things_swap_their_keys() -> None:
    keys = key_map({"note": ("s",), "snooze": ("n",)}, all_actions())

    assert keys.of("s", DESK).id == "note"  # type: ignore[union-attr]
    assert keys.of("n", DESK).id == "snooze"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "key", "words"),
    [
        ("note", "ctrl+q", "ctrl+q always quits"),
        ("note", "ctrl+i", "terminals cannot tell ctrl+i from tab"),
        ("note", "nn", "'nn' is no key"),
        ("noet", "n", "did you mean note?"),
        ("frobnicate", "n", "there is no such command or action"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_words(name: str, key: str, words: str) -> None:
    with pytest.raises(KeysError) as caught:
        key_map({name: (key,)}, all_actions())

    assert caught.value.mistakes[0][0] == name
    assert words in caught.value.mistakes[0][1]


def test_one_key_for_two_things_is_refused() -> None:
    with pytest.raises(KeysError, match="f9 is already the key of") as caught:
        key_map({"note": ("f9",), "snooze": ("f9",)}, all_actions())

    assert len(caught.value.mistakes) == 1


def test_mistakes_in_the_config_are_told_with_file_and_line(make_config: Callable[..., Config]) -> None:
    config = make_config('[keys]\nreply = "r"\nnoet = "n"\n')

    with pytest.raises(ConfigError) as caught:
        checked(config, all_actions())

    assert caught.value.exit_code == 2
    assert f"{config.path}:" in str(caught.value)
    assert "keys.noet" in str(caught.value)
    assert caught.value.mistakes[0].line == config.path.read_text().splitlines().index('noet = "n"') + 1


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("n", "n"),
        ("N", "N"),
        ("/", "/"),
        ("Ctrl+N", "ctrl+n"),
        ("PgDn", "pagedown"),
        ("Return", "enter"),
        ("esc", "escape"),
        ("F12", "f12"),
        (" ", "space"),
        ("shift+tab", "shift+tab"),
        ("ctrl+/", "ctrl+/"),
        ("ü", "ü"),
    ],
)
def test_keys_are_written_as_people_write_them(written: str, kept: str) -> None:
    assert canonical(written) == kept
    assert canonical(kept) == kept


def test_names_of_keys_are_those_of_the_terminal_library() -> None:
    for character in string.printable:
        if character.isprintable() and character != " ":
            assert textual_name(character) == _character_to_key(character)
    assert textual_name("ctrl++") == "ctrl+plus"
    assert textual_name("ctrl+n") == "ctrl+n"
    assert textual_name("pagedown") == "pagedown"


def test_quitting_is_nobodys_default() -> None:
    assert QUIT not in key_map({}, all_actions()).by_key


def test_keys_inside_widgets_are_found_where_they_are_declared() -> None:
    found = widget_keys()

    assert found["composer.review"].keys == ("ctrl+s",)
    assert found["lines.down"].keys == ("down", "j")
    assert all(each.title for each in found.values()), "the help lists them all"


def test_keys_inside_widgets_are_remapped_too(make_config: Callable[..., Config]) -> None:
    config = make_config('[keys]\n"composer.review" = ["ctrl+g", "f8"]\n')

    keys = checked(config, all_actions())

    assert keymap(keys.widgets) == {"composer.review": "ctrl+g,f8"}


def test_an_unknown_binding_of_a_widget_is_refused(make_config: Callable[..., Config]) -> None:
    config = make_config('[keys]\n"composer.reviev" = "ctrl+g"\n')

    with pytest.raises(ConfigError, match=r"did you mean composer\.review"):
        checked(config, all_actions())


def test_the_desk_does_not_open_with_keys_or_colours_that_cannot_be(
    make_config: Callable[..., Config], session: Session
) -> None:
    wrong_key = make_config('[keys]\nnote = "ctrl+q"\n')
    with pytest.raises(ConfigError, match=r"keys\.note: ctrl\+q always quits"):
        run_desk(wrong_key, session)

    wrong_theme = make_config('[ui]\ntheme = "drak"\n')
    with pytest.raises(ConfigError, match=r"ui\.theme: there is no theme 'drak'"):
        run_desk(wrong_theme, session)
