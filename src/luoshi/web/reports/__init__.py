"""Bulletins on screen and as download."""
