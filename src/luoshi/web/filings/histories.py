"""What was done with each version of an answer, in words: why it was late, who signed, what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from luoshi.kernel.filings.forms import Form
from luoshi.kernel.filings.reviewing import RETURN_CODES
from luoshi.web.ledger.words import Names
from luoshi.web.shell.templatetags.luoshi import moment

By = tuple[int, str, str]


@dataclass(frozen=True)
class History:
    """One version with its review. ``corrects``: it took the place of a version that was in force."""

    filing: Any
    review: Any
    corrects: bool

    @property
    def nil(self) -> bool:
        """Say whether it is a nil return."""
        return self.filing.nil

    @property
    def by(self) -> list[By]:
        """Return who signed and reviewed, to be named."""
        found = [self._signer] if self.filing.signed_at else []
        return [*found, self._reviewer] if self.review else found

    @property
    def _signer(self) -> By:
        return (self.filing.signed_by_account, self.filing.signed_by_post, self.filing.submitted_by_unit)

    @property
    def _reviewer(self) -> By:
        return (self.review.by_account, self.review.by_post, self.review.by_unit)

    def lines(self, form: Form, names: Names) -> list[str]:
        """Return what is to be read below a version, one line each."""
        filing = self.filing
        found = [f"{'更正理由' if self.corrects else '说明'}：{filing.note}"] if filing.note else []
        if filing.late_reason:
            found.append(f"迟报理由：{filing.late_reason}")
        for key, text in (filing.explained or {}).items():
            found.append(f"{title_of(form, key)}变动说明：{text}")
        if filing.signed_at:
            alone = "（单位仅一人，填报、审签为同一人）" if filing.unit_of_one else ""
            found.append(f"{moment(filing.signed_at)}　{names.who(self._signer)}　审签{alone}")
        return [*found, *self._reviewed(form, names)] if self.review else found

    def _reviewed(self, form: Form, names: Names) -> list[str]:
        review = self.review
        comment = f"，{review.comment}" if review.comment else ""
        until = f"，请于 {moment(review.mend_by)} 前补正" if review.mend_by else ""
        decided = f"{review.get_decision_display()}{comment}{until}"
        found = [f"{moment(review.at)}　{names.who(self._reviewer)}　{decided}"]
        for key, texts in mend_items(review).items():
            found += [f"　{title_of(form, key)}　{text}" for text in texts]
        return [*found, f"　沟通记录：{review.talk_note}"] if review.talk_note else found


def histories_of(obligation: Any) -> list[History]:
    """Return the history of every version, newest first. The caller has checked the sight. Two queries."""
    versions = list(obligation.filings.order_by("-version"))
    reviews = {each.filing_id: each for each in obligation.reviews.order_by("round")}
    replaced = {each.version for each in versions if each.state == "superseded"}
    return [History(each, reviews.get(each.pk), each.version - 1 in replaced) for each in versions]


def mend_items(review: Any) -> dict[str, tuple[str, ...]]:
    """Return what a review wants mended, in words, by field key; "" for the form as a whole."""
    found: dict[str, tuple[str, ...]] = {}
    for item in review.items if review else ():
        words = f"{RETURN_CODES.get(item['code'], item['code'])}：{item['text']}"
        found[item["field"]] = (*found.get(item["field"], ()), words)
    return found


def title_of(form: Form, key: str) -> str:
    """Return the title of a field; of the form as a whole for an empty key."""
    return form.field(key).title if key else "整份填报"
