"""What a digest says outside the house: a mail in plain text, a JSON body for a webhook."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from luoshi.kernel.notify.models import Digest, Level, Message
from luoshi.kernel.notify.topics import address_of, topic_title

PRESSING = {Level.RED: 0, Level.YELLOW: 1, Level.BLUE: 2}


def digest_subject(digest: Digest) -> str:
    """Return the subject of a mail. It holds no text of anybody: nothing in it can become a header."""
    return f"落实：{digest.messages.count()} 条提醒（{digest.day:%Y-%m-%d}）"


def digest_body(digest: Digest) -> str:
    """Return the text of a mail, the most pressing first; with links when the site's address is known."""
    lines = [f"{digest.post.unit.title} {digest.post.title}：", ""]
    for number, message in enumerate(_messages(digest), 1):
        notice = message.notice
        lines.append(f"{number}. 【{Level(notice.level).label}】{notice.text}")
        link = _link(message)
        lines += [f"   {link}"] if link else []
    return "\n".join([*lines, "", "本邮件每日汇总一次，由系统发出，请勿回复。请登录“落实”办理。", ""])


def digest_json(digest: Digest, key: str) -> dict[str, Any]:
    """Return the body of a push: the post by its code and what it is told."""
    return {
        "key": key,
        "day": digest.day.isoformat(),
        "unit": digest.post.unit.code,
        "post": digest.post.code,
        "messages": [
            {
                "topic": topic_title(message.notice.topic),
                "level": message.notice.level,
                "text": message.notice.text,
                "url": _link(message),
                "at": message.made_at.isoformat(),
            }
            for message in _messages(digest)
        ],
    }


def _messages(digest: Digest) -> list[Message]:
    found = digest.messages.select_related("notice").order_by("id")
    return sorted(found, key=lambda message: (PRESSING[Level(message.notice.level)], message.pk))


def _link(message: Message) -> str:
    path = address_of(message.notice.subject_kind, message.notice.subject_id)
    return f"{settings.LUOSHI_URL}{path}" if settings.LUOSHI_URL and path else ""
