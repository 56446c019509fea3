"""Rectification: what the packs ``zhenggai`` and ``huanbao`` cannot state as data."""
