"""Digests and their way out: one a day for each post, sent at least once, never in quiet hours."""

from __future__ import annotations

import json
import smtplib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from luoshi.core.beijing import LOCAL, local_day
from luoshi.kernel.calendars.queries import work_calendar_or_plain
from luoshi.kernel.notify.hours import CALENDAR, hours_in_force, quiet_now
from luoshi.kernel.notify.letters import digest_body, digest_json, digest_subject
from luoshi.kernel.notify.models import Channel, Delivery, Digest, Message, Preference, Sent, Webhook
from luoshi.kernel.notify.setting import webhook_in_force, webhook_secret
from luoshi.kernel.notify.webhook import PushRefused, push
from luoshi.kernel.org.models import Appointment
from luoshi.kernel.org.places import holding

BACK_OFF = (1, 5, 15, 60)
"""Minutes between the tries; after the one that follows the last of them a delivery has failed."""
MOST_TRIES = len(BACK_OFF) + 1
AT_ONCE = 50
OLDEST = timedelta(days=14)
"""Messages older than this are in nobody's digest: whoever switches mail on gets no old news."""
BATCH = 500


@transaction.atomic
def digests_make(now: datetime) -> int:
    """Gather what each post was told since its last digest, once a day at the set time; return how many.

    Nothing in quiet hours. What cannot go out by a channel is noted with the reason.
    """
    local = now.astimezone(LOCAL)
    hours = hours_in_force()
    if local.time() < hours.digest_at or hours.quiet(now, work_calendar_or_plain(CALENDAR)):
        return 0
    loose = Message.objects.filter(digest__isnull=True, made_at__gt=now - OLDEST, made_at__lte=now)
    had = Digest.objects.filter(day=local.date()).order_by()
    posts = sorted(
        set(loose.exclude(post_id__in=had.values("post_id")).order_by().values_list("post_id", flat=True))
    )
    if not posts:
        return 0
    digests = Digest.objects.bulk_create(
        [Digest(post_id=post, day=local.date(), made_at=now) for post in posts], batch_size=BATCH
    )
    for digest in digests:
        loose.filter(post_id=digest.post_id).update(digest=digest)
    Delivery.objects.bulk_create(_deliveries(digests, now), batch_size=BATCH)
    return len(digests)


def outbox_send(now: datetime) -> int:
    """Send what is due, at most 50 at a time and nothing in quiet hours; return how many went out."""
    due = Delivery.objects.filter(state=Sent.WAITING, next_try__lte=now).order_by("next_try", "id")
    ids = list(due.values_list("id", flat=True)[:AT_ONCE])
    if not ids or quiet_now(now):
        return 0
    return sum(delivery_send(delivery_id=each, now=now) for each in ids)


def delivery_send(*, delivery_id: int, now: datetime) -> bool:
    """Send one delivery; return whether it went out.

    The try is counted before anything leaves, so that a crash in between costs one try and may send twice,
    under the same key, but never loses one.
    """
    row = _claimed(delivery_id, now)
    if row is None:
        return False
    try:
        result = _mail(row) if row.channel == Channel.MAIL else _push(row)
    except (smtplib.SMTPException, OSError) as error:
        return _failed(row, f"邮件服务器未接收（{type(error).__name__}）", now)
    except PushRefused as refusal:
        return _failed(row, str(refusal), now)
    _ended(row, *result, now)
    return row.state == Sent.SENT


@transaction.atomic
def _claimed(delivery_id: int, now: datetime) -> Delivery | None:
    row = Delivery.objects.select_for_update().filter(pk=delivery_id, state=Sent.WAITING).first()
    if row is None or row.next_try is None or row.next_try > now:
        return None
    if row.attempts >= MOST_TRIES:
        _ended(row, Sent.FAILED, row.result or "多次发送未果", now)
        return None
    row.next_try = now + timedelta(minutes=BACK_OFF[min(row.attempts, len(BACK_OFF) - 1)])
    row.attempts += 1
    row.changed_at = now
    row.save()
    return row


def _failed(row: Delivery, result: str, now: datetime) -> bool:
    _ended(row, Sent.FAILED if row.attempts >= MOST_TRIES else Sent.WAITING, result, now)
    return False


def _ended(row: Delivery, state: Sent, result: str, now: datetime) -> None:
    row.state, row.result, row.changed_at = state, result[:200], now
    if state != Sent.WAITING:
        row.next_try = None
    row.save()


def _deliveries(digests: Iterable[Digest], now: datetime) -> Iterable[Delivery]:
    """Yield a delivery for each digest, channel and mailbox; without a way out, one that says why."""
    digests = list(digests)
    mailboxes = _mailboxes({digest.post_id for digest in digests}, now)
    hook = webhook_in_force()
    for digest in digests:
        if not settings.LUOSHI_MAIL_FROM:
            yield _delivery(digest, Channel.MAIL, now, skipped="未配置邮件服务器")
        elif not mailboxes[digest.post_id]:
            yield _delivery(digest, Channel.MAIL, now, skipped="任职人未登记邮箱")
        for account in mailboxes[digest.post_id] if settings.LUOSHI_MAIL_FROM else ():
            yield _delivery(digest, Channel.MAIL, now, account=account)
        if hook is not None:
            yield _delivery(digest, Channel.WEBHOOK, now)


def _delivery(
    digest: Digest, channel: Channel, now: datetime, *, account: int | None = None, skipped: str = ""
) -> Delivery:
    return Delivery(
        key=f"{channel}.{digest.pk}" + (f".{account}" if account else ""),
        digest=digest,
        channel=channel,
        account_id=account,
        state=Sent.SKIPPED if skipped else Sent.WAITING,
        next_try=None if skipped else now,
        result=skipped,
        changed_at=now,
    )


def _mailboxes(post_ids: set[int], now: datetime) -> dict[int, list[int]]:
    """Return the accounts with a mailbox that hold each post today. Two queries."""
    known = Preference.objects.exclude(mailbox="").filter(account__is_active=True).order_by("id")
    accounts = dict(known.values_list("account__person_id", "account_id"))
    found: dict[int, list[int]] = defaultdict(list)
    held = Appointment.objects.filter(holding(local_day(now)), post_id__in=post_ids)
    for post, person in held.order_by("acting", "id").values_list("post_id", "person_id"):
        if person in accounts and accounts[person] not in found[post]:
            found[post].append(accounts[person])
    return found


def _mail(row: Delivery) -> tuple[Sent, str]:
    """Hand one digest to the mail server. Raises: SMTPException, OSError."""
    known = Preference.objects.filter(account=row.account, account__is_active=True).order_by("id")
    mailbox = known.values_list("mailbox", flat=True).first()
    if not settings.LUOSHI_MAIL_FROM or not mailbox:
        return Sent.SKIPPED, "发送时已无可用邮箱"
    digest = _digest(row)
    mail = EmailMessage(
        subject=digest_subject(digest),
        body=digest_body(digest),
        from_email=settings.LUOSHI_MAIL_FROM,
        to=[mailbox],
        headers={"X-Luoshi-Key": row.key, "Message-ID": f"<{row.key}@luoshi>"},
    )
    mail.send()
    return Sent.SENT, "邮件服务器已接收"


def _push(row: Delivery) -> tuple[Sent, str]:
    """Push one digest. Raises: PushRefused."""
    hook: Webhook | None = webhook_in_force()
    if hook is None:
        return Sent.SKIPPED, "推送已停用"
    body = json.dumps(digest_json(_digest(row), row.key), ensure_ascii=False).encode()
    push(hook.address, body, key=row.key, secret=webhook_secret(hook), inside=settings.LUOSHI_WEBHOOK_HOSTS)
    return Sent.SENT, "推送地址已接收"


def _digest(row: Delivery) -> Digest:
    return Digest.objects.select_related("post__unit").get(pk=row.digest_id)
