"""Data elements: the held value of (element, unit, period) and where it came from."""
