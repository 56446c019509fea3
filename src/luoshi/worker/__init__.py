"""Runs the periodic scans (``ticks.py``) of each installed app under a lease."""
