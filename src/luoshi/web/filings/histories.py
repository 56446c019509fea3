"""What was done with each version of an answer, in words: why it was late, who signed, what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from luoshi.kernel.filings.forms import Form
from luoshi.kernel.filings.queries import FilingView
from luoshi.kernel.filings.reviewing import RETURN_CODES
from luoshi.web.ledger.words import Names
from luoshi.web.shell.templatetags.luoshi import moment

By = tuple[Any, ...]


def actors_of(versions: Sequence[FilingView]) -> list[By]:
    """Return who submitted, signed and reviewed, to be named."""
    found: list[By] = [each.submitted_by for each in versions]
    found += [signer_of(each) for each in versions if each.signed_by]
    return found + [each.review.by for each in versions if each.review]


def signer_of(version: FilingView) -> By:
    """Return who signed a version, in the unit that submitted it."""
    return (*(version.signed_by or ()), version.submitted_by[2])


def history_of(versions: Sequence[FilingView], form: Form, names: Names) -> list[list[str]]:
    """Return for each version, newest first, the lines to be read below it."""
    replaced = {each.version for each in versions if each.state == "superseded"}
    return [_lines(each, each.version - 1 in replaced, form, names) for each in versions]


def _lines(version: FilingView, corrects: bool, form: Form, names: Names) -> list[str]:
    found = [f"{'更正理由' if corrects else '说明'}：{version.note}"] if version.note else []
    if version.late_reason:
        found.append(f"迟报理由：{version.late_reason}")
    for key, text in version.explained.items():
        found.append(f"{form.field(key).title}变动说明：{text}")
    found += [origin_words(origin) for origin in version.origins]
    if version.signed_by:
        alone = "（单位仅一人，填报、审签为同一人）" if version.unit_of_one else ""
        found.append(f"{moment(version.signed_at)}　{names.who(signer_of(version))}　审签{alone}")
    return [*found, *_decided(version.review, names)] if version.review else found


def origin_words(origin: Any) -> str:
    """Return how a value came about that was known before."""
    match origin.how:
        case "changed":
            return f"{origin.title}：改动已有数据，原为 {origin.known}（来自{origin.words}）"
        case "computed":
            return f"{origin.title}：由记录得出，{origin.words}"
        case "held":
            return f"{origin.title}：已有数据，确认无变化（来自{origin.words}）"
    return f"{origin.title}：另有已有数据 {origin.known}（来自{origin.words}）"


def _decided(review: Any, names: Names) -> list[str]:
    comment = f"，{review.comment}" if review.comment else ""
    until = f"，请于 {moment(review.mend_by)} 前补正" if review.mend_by else ""
    found = [f"{moment(review.at)}　{names.who(review.by)}　{review.decision_title}{comment}{until}"]
    found += [f"　{title}　{RETURN_CODES.get(code, code)}：{text}" for _, title, code, text in review.items]
    return [*found, f"　沟通记录：{review.talk_note}"] if review.talk_note else found


def mend_items(review: Any) -> dict[str, tuple[str, ...]]:
    """Return what a review wants mended, in words, by field key; "" for the form as a whole."""
    found: dict[str, tuple[str, ...]] = {}
    for key, _, code, text in review.items if review else ():
        found[key] = (*found.get(key, ()), f"{RETURN_CODES.get(code, code)}：{text}")
    return found
