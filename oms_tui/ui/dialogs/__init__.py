"""Dialogs over the desk: each asks one thing and hands back a typed answer."""
