"""Systems that hold orders: shops, ERPs and exported files."""
