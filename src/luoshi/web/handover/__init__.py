"""Handover of posts."""
