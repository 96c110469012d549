"""oms-tui: the support desk of an online merchant in one terminal screen, organised around the order."""

__version__ = "0.1.0"
