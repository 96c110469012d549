"""Files of mails on the command line: straight from the mailbox, into a folder one names."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from oms_tui.store.ids import public
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from commands.conftest import Desk


@pytest.fixture
def photo(desk: Desk) -> str:
    """A mail of the demo with a photo, by its id."""
    (data,) = {path.parent for path in desk.folder.rglob("desk.db")}
    with Workspace(data) as store:
        found = store.cache.execute("SELECT id FROM messages WHERE attachments LIKE '%.png%' AND gone_at IS NULL")
        return public(found.fetchone()[0])


def index_of(desk: Desk, mail: str) -> str:
    return str(desk.json("mail", "show", mail)["attachments"][0]["index"])


def test_a_photo_is_saved_where_one_wants_it_and_never_over_another(desk: Desk, photo: str, tmp_path: Path) -> None:
    out = tmp_path / "photos"
    first = desk.json("mail", "save", photo, index_of(desk, photo), "-o", str(out))
    again = desk.run("mail", "save", photo, index_of(desk, photo), "-o", str(out))

    assert again.code == 0, again.err
    files = sorted(out.iterdir())
    assert len(files) == 2
    assert str(out) in first["path"]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].read_bytes().startswith(b"\x89PNG")
    assert files[0].stat().st_size == first["size"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


def test_what_is_not_there_is_said(desk: Desk, photo: str, tmp_path: Path) -> None:
    answer = desk.run("mail", "save", photo, "99", "-o", str(tmp_path))
    assert answer.code == 1
    assert "no attachment 99" in answer.err

    (tmp_path / "file").write_text("no folder")
    refused = desk.run("mail", "save", photo, index_of(desk, photo), "-o", str(tmp_path / "file"))
    assert refused.code == 4
    assert "cannot be saved" in refused.err
