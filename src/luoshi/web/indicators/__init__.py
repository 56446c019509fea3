"""The catalogue of indicators and their cards."""
