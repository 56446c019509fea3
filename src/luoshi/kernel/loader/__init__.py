"""Parses, checks, tests and compares packs; the only caller of the definitions' writer."""
