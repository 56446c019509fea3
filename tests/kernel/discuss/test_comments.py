"""Comments on an obligation: by those who have a part in it, never edited, struck by the author only."""

from __future__ import annotations

import pytest

from luoshi.core.errors import Incomplete, NotAllowed, NotFound, WrongState
from luoshi.kernel.discuss.actions import comment_add, comment_strike
from luoshi.kernel.discuss.hooks import SubjectKind, TopicKind, register_subject, register_topic
from luoshi.kernel.discuss.models import Comment
from luoshi.kernel.discuss.queries import comments_of, may_comment
from luoshi.kernel.ledger.queries import events_of
from luoshi.kernel.ledger.verify import verify_ledger
from tests.kernel.filings.loop import IN_TIME, later, loop_world, opened, owed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = loop_world()
    opened()
    return found


def add(actor, text="本月台账已核对。", kind="obligation", subject=None, now=IN_TIME):
    return comment_add(actor=actor, kind=kind, subject_id=subject or owed().pk, text=text, now=now)


@pytest.mark.parametrize("name", ["clerk", "head", "reviewer", "office"])
def test_those_with_a_part_in_it_comment(cast, name):
    actor = getattr(cast, name)
    assert may_comment(actor, "obligation", owed().pk, IN_TIME)
    comment = add(actor)
    (event,) = events_of("comment", comment.pk)
    assert event.kind == "comment.added" and "台账" not in str(event.body)
    assert [each.text for each in comments_of(cast.clerk, "obligation", owed().pk)] == ["本月台账已核对。"]
    assert verify_ledger().ok


def test_others_do_not(cast):
    with pytest.raises(NotFound):
        add(cast.other)
    with pytest.raises(NotAllowed):
        add(cast.auditor)
    with pytest.raises(NotFound):
        add(cast.clerk, kind="filing")
    with pytest.raises(Incomplete, match="请写明意见"):
        add(cast.clerk, "  ")
    assert not Comment.objects.exists()
    with pytest.raises(NotFound):
        comments_of(cast.other, "obligation", owed().pk)


def test_struck_by_its_author_the_words_are_gone_and_the_line_stays(cast):
    comment = add(cast.clerk)
    with pytest.raises(NotAllowed, match="本人可以划去"):
        comment_strike(actor=cast.office, comment_id=comment.pk, now=IN_TIME)
    with pytest.raises(NotFound):
        comment_strike(actor=cast.other, comment_id=comment.pk, now=IN_TIME)
    with pytest.raises(NotFound):
        comment_strike(actor=cast.clerk, comment_id=0, now=IN_TIME)
    comment_strike(actor=cast.clerk, comment_id=comment.pk, now=later(hours=1))
    (view,) = comments_of(cast.head, "obligation", owed().pk)
    assert (view.text, view.struck_at) == ("", later(hours=1))
    assert [event.kind for event in events_of("comment", comment.pk)] == ["comment.added", "comment.struck"]
    with pytest.raises(WrongState, match="已经划去"):
        comment_strike(actor=cast.clerk, comment_id=comment.pk, now=IN_TIME)
    assert verify_ledger().ok


def test_an_unknown_or_taken_name_fails_the_start():
    with pytest.raises(LookupError, match="did you mean 'obligation'"):
        register_subject(SubjectKind("obligatio", lambda actor, number: None, lambda *_: True))
    with pytest.raises(LookupError, match="registered already"):
        register_subject(SubjectKind("obligation", lambda actor, number: None, lambda *_: True))
    with pytest.raises(LookupError, match="not known"):
        register_topic(TopicKind("forms", *[lambda *_: {}] * 4))
