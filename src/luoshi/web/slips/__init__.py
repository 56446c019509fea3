"""Supervision slips."""
