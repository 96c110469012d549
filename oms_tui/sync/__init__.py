"""The worker: schedule, ingest, derive, rules, outbox."""
