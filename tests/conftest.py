"""The strict harness. Each rule lives in ``tests/harness`` and is shown red in ``tests/house``."""

from __future__ import annotations
