"""Meetings and their topics."""
