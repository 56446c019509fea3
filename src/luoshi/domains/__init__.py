"""Behaviour that a pack cannot state. Domains never import one another."""
