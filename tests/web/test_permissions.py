"""The permission table holds, and covers every address."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from luoshi.core.periods import parse_period
from luoshi.domains.admission.actions import proposal_begin
from luoshi.domains.duties.actions import list_draft
from luoshi.kernel.assess.queries import rounds_visible, sheets_visible
from luoshi.kernel.discuss.actions import comment_add, question_ask
from luoshi.kernel.filings.actions import draft_keep
from luoshi.kernel.filings.queries import filing_versions, obligation_visible
from luoshi.kernel.items.keeping import filter_save
from luoshi.kernel.ledger.queries import events_page
from luoshi.kernel.reports.queries import issues_visible
from luoshi.web.reports import views as report_views
from luoshi.web.shell.names import PAGES
from tests.district import LATER
from tests.domains.admission.world import asked, patrol
from tests.web.conftest import PANJIN, PERIOD, obligation_of
from tests.web.items.makers import CASE, item_taken_in
from tests.web.permissions import PEOPLE, ROWS, Row

BROKEN = "单位,转办件数,办结率,满意率,按时反馈率,有效回访率,知识库更新数\n大洼区,1,103,99,100,100,1\n"


def url_names() -> set[str]:
    """Return every name of the site."""
    found: set[str] = set()
    waiting: list[URLPattern | URLResolver] = [get_resolver()]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, URLResolver):
            waiting += entry.url_patterns
        else:
            found.add(str(entry.name))
    return found


@pytest.fixture
def ids(district, browse):
    """The records of the sample that addresses name; the draft belongs to the desk and has a fault."""
    office = district.actor("ducha")
    scored = rounds_visible(office).get(scheme_ref=PANJIN)
    sheet = sheets_visible(office, scored.pk).first()
    draft = draft_keep(
        actor=district.actor("tongji"),
        form_ref=PANJIN,
        import_ref=PANJIN,
        period=parse_period(PERIOD),
        name="四率.csv",
        content=BROKEN.encode(),
        now=LATER,
    )
    owed = obligation_of(district, "PJ02")
    writer = district.actor("tongji")
    event = events_page(limit=1)[0].id
    question = question_ask(
        actor=district.actor("dawa"), kind="form", ref=PANJIN, text="口径如何？", now=LATER
    )
    comment = comment_add(
        actor=district.actor("tongji"), kind="obligation", subject_id=owed, text="已核对", now=LATER
    )
    item = item_taken_in(district)
    kept = filter_save(actor=district.actor("tongji"), type_ref=CASE, name="在办", text="stage:working")
    found = {
        "item": item.pk,
        "kept": kept.pk,
        "question": question.pk,
        "comment": comment.pk,
        "obligation": owed,
        "filing": filing_versions(obligation_visible(office, owed))[0].id,
        "draft": draft.token,
        "design": proposal_begin(actor=writer, now=LATER).pk,
        "proposal": asked(writer, patrol(until="2024-12-31")).pk,
        "round": scored.pk,
        "sheet": sheet.pk,
        "line": sheet.lines.first().pk,
        "issue": issues_visible(office).get(report_ref=PANJIN).pk,
        "event": event,
    }
    draft_list = list_draft(
        actor=office,
        code="gx",
        title="共性清单",
        kind="common",
        holders=["team"],
        year=2023,
        applies_to="县区",
        basis="年度工作安排",
        now=LATER,
    )
    return found | {"list": draft_list.pk}


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_everybody_gets_the_answer_of_the_table(row: Row, ids, browse, monkeypatch):
    monkeypatch.setattr(report_views, "to_pdf", lambda content, *, timeout: b"%PDF-")
    address = reverse(row.name, args=row.args(ids)) + row.query
    for person, expected in zip(PEOPLE, row.codes, strict=True):
        response = getattr(browse(person), row.method)(address)
        assert response.status_code == expected, f"{row.name} for {person or 'nobody'}"
        if not person and row.name not in {"signin", "large_type"}:
            assert response["Location"].startswith("/signin/")


def test_every_address_has_a_row():
    assert url_names() == {row.name for row in ROWS}


def test_every_address_has_a_name_in_words_for_the_security_log():
    assert url_names() == set(PAGES)
