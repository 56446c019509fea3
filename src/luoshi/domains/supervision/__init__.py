"""Supervision: who may run it, what is planned, the parts of a matter, its listing and bulletin."""
