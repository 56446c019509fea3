"""Supervision slips: an office presses a unit for what it owes, level by level."""
