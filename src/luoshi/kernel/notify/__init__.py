"""Messages to those on duty, one digest a day, and the outbox that carries it."""
