"""Luoshi (落实): obligations turned into proven results, on one set of records."""

__version__ = "0.1.0"
