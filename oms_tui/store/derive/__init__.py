"""Queue rows: what every list filters and sorts by, derived from cache and desk at write time."""
