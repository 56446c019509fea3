"""Indicators: definitions folded to figures over facts, each with numerator, denominator and fingerprint."""
