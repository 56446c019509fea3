"""One request key: the same form twice is done once; other content or another form is done as well."""

from __future__ import annotations

from luoshi.kernel.assess.queries import rounds_visible
from luoshi.kernel.filings.queries import obligations_visible
from tests.web.conftest import PANJIN, PERIOD, text_of

OPEN = f"/filings/{PANJIN}/open/"


def opened(district, period: str) -> int:
    """How many obligations a period has."""
    found = obligations_visible(district.actor("ducha"))
    return found.filter(form_ref=PANJIN, period_code=period).count()


def test_same_form_twice_is_done_once(browse, district):
    client = browse("ducha")
    for _ in range(2):
        client.post("/assess/compute/", {"scheme": PANJIN, "period": PERIOD, "key": "k-1"})
    assert rounds_visible(district.actor("ducha")).filter(state="draft").count() == 1


def test_other_content_under_the_same_key_is_done(browse, district):
    client = browse("ducha")
    for period in ("2023-07..2023-08", "2023-09..2023-10"):
        assert client.post(OPEN, {"period": period, "key": "k-2"}).status_code == 302
        assert opened(district, period) == 6


def test_key_of_one_form_does_not_answer_for_another(browse, district):
    client = browse("ducha")
    client.post(OPEN, {"period": "2023-07..2023-08", "key": "k-3"})
    answer = client.post("/assess/compute/", {"scheme": PANJIN, "period": PERIOD, "key": "k-3"})
    assert answer.status_code == 302 and answer["Location"].startswith("/assess/")


def test_malformed_key_is_refused(browse):
    for key in ("\0", "a b", "a" * 200):
        assert "请求编号无效" in text_of(
            browse("ducha").post(OPEN, {"period": "2023-07..2023-08", "key": key})
        )
