"""What may be set: the hours by the office, the webhook by the administrator, one's own preference."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from luoshi.core.actor import Actor, require
from luoshi.core.errors import Invalid, WrongState
from luoshi.kernel.access.policy import require_right
from luoshi.kernel.ledger.actions import record
from luoshi.kernel.notify.hours import MAIN, Hours
from luoshi.kernel.notify.models import Delivery, Preference, Sent, Setting, Webhook
from luoshi.kernel.notify.topics import topics_known
from luoshi.kernel.notify.webhook import LONGEST_ADDRESS, address_fault

LONGEST_MAILBOX = 120


@transaction.atomic
def notice_hours_set(
    *, actor: Actor, digest_at: time, quiet_from: time, quiet_to: time, workdays_only: bool, now: datetime
) -> Setting:
    """Set when the digest is made and when nothing leaves the house.

    Raises: NotAllowed; Invalid for a digest in the night; WrongState when nothing would change.
    Ledger: ``notice_setting.changed`` with old and new hours.
    """
    require_right(actor, "notice.manage")
    hours = Hours(digest_at, quiet_from, quiet_to, workdays_only)
    if hours.night(digest_at):
        message = "汇总时间在免打扰时段内，届时不会发送，请改为其他时间。"
        raise Invalid(message, fields={"digest_at": message})
    row = Setting.objects.select_for_update().filter(code=MAIN).first() or Setting(code=MAIN)
    former = Hours() if row.pk is None else Hours(*_hours(row))
    if row.pk is not None:
        require(former != hours, "各项都没有变化，无需保存。", WrongState)
    row.digest_at, row.quiet_from, row.quiet_to, row.workdays_only = (
        digest_at,
        quiet_from,
        quiet_to,
        workdays_only,
    )
    row.save()
    data = {"from": _told(former), "to": _told(hours)}
    record(row, "notice_setting.changed", by=actor.by, at=now, data=data)
    return row


@transaction.atomic
def webhook_set(*, actor: Actor, address: str, now: datetime) -> Webhook:
    """Set where digests are pushed to; an empty address ends it. The shared secret is made anew each time.

    Raises: NotAllowed; Invalid for an address that is no plain http or https one.
    Ledger: ``webhook.changed``; the address enters as a commitment only.
    """
    require_right(actor, "notice.channel")
    address = address.strip()
    fault = address_fault(address) if address else ""
    if fault:
        raise Invalid(fault, fields={"address": fault})
    row = Webhook.objects.select_for_update().filter(code=MAIN).first() or Webhook(code=MAIN)
    row.address, row.salt = address[:LONGEST_ADDRESS], secrets.token_hex(16)
    row.save()
    record(row, "webhook.changed", by=actor.by, at=now, data={"on": bool(address)})
    return row


def webhook_in_force() -> Webhook | None:
    """Return where digests are pushed to; None when they are not."""
    return Webhook.objects.filter(code=MAIN).exclude(address="").order_by("id").first()


def webhook_secret(row: Webhook) -> str:
    """Return the shared secret with which pushes are signed: 64 hex digits."""
    key = f"luoshi.webhook:{settings.SECRET_KEY}".encode()
    return hmac.new(key, row.salt.encode(), "sha256").hexdigest()


def webhook_shown(actor: Actor) -> tuple[str, str]:
    """Return address and secret for who manages them. Raises: NotAllowed."""
    require_right(actor, "notice.channel")
    row = webhook_in_force()
    return ("", "") if row is None else (row.address, webhook_secret(row))


@transaction.atomic
def preference_set(*, actor: Actor, mailbox: str, muted: Iterable[str]) -> Preference:
    """Keep the actor's own mailbox and the topics they need not hear of; red notices come all the same.

    Raises: Invalid for a mailbox or topic that does not fit. Ledger: none, it is a private preference.
    """
    mailbox, topics = mailbox.strip(), sorted(set(muted))
    if mailbox:
        try:
            validate_email(mailbox)
        except ValidationError as error:
            message = "邮箱写法不对，应写作 name@example.cn。"
            raise Invalid(message, fields={"mailbox": message}) from error
        require(len(mailbox) <= LONGEST_MAILBOX, f"邮箱不得超过 {LONGEST_MAILBOX} 个字符。", Invalid)
    require(set(topics) <= set(topics_known()), "没有这类消息，请刷新页面后重选。", Invalid)
    row, _ = Preference.objects.update_or_create(
        account_id=actor.account_id, defaults={"mailbox": mailbox, "muted": topics}
    )
    return row


def preference_of(actor: Actor) -> Preference:
    """Return the actor's own preference, an empty one before it was set."""
    found = Preference.objects.filter(account_id=actor.account_id).order_by("id").first()
    return found or Preference(account_id=actor.account_id)


@transaction.atomic
def delivery_retry(*, actor: Actor, delivery_id: int, now: datetime) -> Delivery:
    """Put a failed delivery back into the outbox.

    Raises: NotAllowed; WrongState when it did not fail. Ledger: none, the outbox is machinery.
    """
    require_right(actor, "notice.manage")
    row = Delivery.objects.select_for_update().filter(pk=delivery_id, state=Sent.FAILED).first()
    if row is None:
        raise WrongState("这条发送不在“发送失败”状态，无需重发。")
    row.state, row.attempts, row.next_try, row.changed_at = Sent.WAITING, 0, now, now
    row.save()
    return row


def _hours(row: Setting) -> tuple[time, time, time, bool]:
    return row.digest_at, row.quiet_from, row.quiet_to, row.workdays_only


def _told(hours: Hours) -> list[str | bool]:
    spans = (hours.digest_at, hours.quiet_from, hours.quiet_to)
    return [*(f"{each:%H:%M}" for each in spans), hours.workdays_only]
