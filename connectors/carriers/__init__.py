"""Carriers and tracking aggregators, and the maps of their codes."""
