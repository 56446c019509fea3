"""Where a printed figure leads: to the indicator's card, a point's explanation, a sheet or a round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from django.urls import reverse

from luoshi.kernel.reports.bounds import Bound


def link_for(codes: Mapping[int, str], version: int | None = None) -> Callable[[Bound], str | None]:
    """Return the function that gives a bound figure its address.

    ``codes``: unit id → code; ``version``: of the pack whose definitions a frozen report was made under, so
    that a figure opens with the definition it was computed by. A score that no published round stands behind
    has no row to open and gets no address.
    """

    def link(bound: Bound) -> str | None:
        if bound.kind == "indicator":
            asked = {"period": bound.period}
            if bound.unit_id is not None and bound.unit_id in codes:
                asked["unit"] = codes[bound.unit_id]
            if version is not None:
                asked["version"] = str(version)
            return f"{reverse('figure', args=[bound.ref])}?{urlencode(asked)}"
        if bound.row_id is None:
            return None
        if bound.kind == "line":
            return reverse("line_detail", args=[bound.row_id])
        if bound.kind == "sheet":
            return reverse("sheet_detail", args=[bound.row_id])
        return reverse("round_detail", args=[bound.row_id])

    return link
