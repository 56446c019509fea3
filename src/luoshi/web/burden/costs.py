"""The cost of a form as a fragment: ``burden/_cost.html`` with what ``cost_context`` returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from luoshi.kernel.filings.admission import Cost, Near, cost_of, near_duplicates
from luoshi.web.burden.words import WHYS, audience_words, cost_words

SHOWN = 12


def cost_context(body: Mapping[str, Any], *, on: date, ref: str = "") -> dict[str, object]:
    """Return the variables of the fragment for a form that is being written or admitted.

    ``ref``: the form itself when it is installed already. Raises: ExpressionInvalid, ValueError.
    """
    return cost_shown(cost_of(body, on=on, ref=ref), near_duplicates(body, on=on, ref=ref))


def cost_shown(cost: Cost, near: Sequence[Near]) -> dict[str, object]:
    """Return the variables of the fragment for what was read already."""
    return {
        "cost": cost,
        "sentence": cost_words(cost, near),
        "audience": audience_words(cost),
        "near": [(each, WHYS[each.why]) for each in near],
        "clusters": cost.clusters[:SHOWN],
        "clusters_more": max(0, len(cost.clusters) - SHOWN),
    }
