"""Builds the sample district by calling actions, so that its ledger is honest too."""
