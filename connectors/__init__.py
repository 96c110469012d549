"""Connectors: one system's words into ours and back.

A connector holds no rule of the trade and knows nothing of oms_tui. ``base`` says what a connector is,
``records`` what it hands over, ``errors`` how it fails, ``catalogue`` which ones there are.
"""
