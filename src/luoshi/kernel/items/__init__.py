"""Typed items: what a unit has to handle, through states and moves that a pack defines."""
