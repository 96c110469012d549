"""Tables, engine, migrations, reads, writes, search and change feed. The only room that knows SQL."""
