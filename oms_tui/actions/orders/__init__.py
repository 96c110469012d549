"""One action a file; each has an ``ACTION``."""
