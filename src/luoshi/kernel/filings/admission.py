"""Admission of forms (报表准入), the door for whoever writes, admits or lists them.

``admission_of`` and ``parts_lacking`` read a definition; ``near_duplicates`` and ``cost_of`` tell what it
would ask twice and what it would cost. All of them only read.
"""

from __future__ import annotations

from luoshi.kernel.filings.cost import Cluster, Cost, DueDay, cost_of, hours_of
from luoshi.kernel.filings.duplicates import Near, Why, near_duplicates
from luoshi.kernel.filings.registered import Registered, forms_in_use, forms_registered
from luoshi.kernel.filings.standing import (
    STATE_TITLES,
    Admission,
    FormState,
    Standing,
    admission_of,
    parts_lacking,
    standings_of,
)

__all__ = [
    "STATE_TITLES",
    "Admission",
    "Cluster",
    "Cost",
    "DueDay",
    "FormState",
    "Near",
    "Registered",
    "Standing",
    "Why",
    "admission_of",
    "cost_of",
    "forms_in_use",
    "forms_registered",
    "hours_of",
    "near_duplicates",
    "parts_lacking",
    "standings_of",
]
