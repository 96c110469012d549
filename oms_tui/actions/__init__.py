"""The catalogue of actions: everything a person or a rule can do to an order, one small file each."""
