"""Installed pack sections as immutable rows; every app reads its definitions here."""
