"""The desk that actions are tried on, for stories about what is reported of it."""

from __future__ import annotations

from actions.conftest import clock, session, store, world

__all__ = ["clock", "session", "store", "world"]
