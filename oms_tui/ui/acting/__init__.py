"""Doing an action from the desk: what it wants to be told, what it would do, what became of it."""
