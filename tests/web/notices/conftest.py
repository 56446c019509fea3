"""A notice to the clerk of a street and one to somebody else, each behind a browser-like client."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from luoshi.core.clock import FixedClock
from luoshi.kernel.notify.models import Message
from tests.harness.times import NOW
from tests.kernel.filings.loop import loop_world, opened, owed
from tests.kernel.notify.helpers import TOPIC, filler, notice_send, topics


@pytest.fixture
def world(settings):
    """The loop's district with one message to the clerk of S1 and one to the clerk of S2."""
    from luoshi.core.actor import SYSTEM
    from luoshi.kernel.notify.actions import Target

    settings.ALLOWED_HOSTS = ["testserver"]
    topics.register_topic(TOPIC, "试发")
    cast = loop_world()
    opened()
    for unit in ("S1", "S2"):
        row = owed(unit)
        target = Target("obligation", row.pk, row.unit_id)
        given = {"topic": TOPIC, "text": f"{unit}请报送", "target": target, "now": NOW, "key": f"test:{unit}"}
        notice_send(by=SYSTEM, to=[filler(row.unit_id)], **given)

    def client(username: str, at=NOW) -> Client:
        settings.LUOSHI_CLOCK = FixedClock(at)
        made = Client()
        account = get_user_model().objects.get(username=username)
        get_user_model().objects.filter(pk=account.pk).update(must_change_password=False)
        made.force_login(account)
        return made

    mine = Message.objects.get(post__code="clerk")
    theirs = Message.objects.get(post__code="other")
    return SimpleNamespace(cast=cast, client=client, mine=mine, theirs=theirs, owed=owed("S1"))
