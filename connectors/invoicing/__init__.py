"""Payment providers and invoicing systems."""
