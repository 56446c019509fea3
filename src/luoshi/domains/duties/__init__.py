"""Responsibility lists: what a unit answers for on a day, who holds it, by when, and how it is answered."""
