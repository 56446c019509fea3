"""Evidence of items in the browser: with a move or by itself; a refusal loses neither text nor file."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from luoshi.kernel.evidence.models import Revision
from luoshi.kernel.items.models import Item, ItemEvidence
from luoshi.kernel.ledger.verify import verify_ledger
from tests.kernel.files.samples import pdf, png
from tests.kernel.loader.faulty import pack_copy, without_imports
from tests.web.conftest import soup, text_of
from tests.web.items.makers import item_taken_in

RESULT = "已协调银行与企业当面对接，贷款续期手续办理完毕。"


@pytest.fixture
def pack(tmp_path):
    """Return the pack with a type whose 报结 needs evidence."""
    copy = pack_copy(tmp_path, "zhengqi")
    path = copy / "pack.yaml"
    needs = 'to: check, by: lead, need: [result, "evidence:1"]'
    text = without_imports(path.read_text("utf-8"))
    path.write_text(text.replace("to: check, by: lead, need: [result]", needs), "utf-8")
    return copy


@pytest.fixture
def doing(district, browse, pack):
    """Return an item accepted by its lead."""
    item = item_taken_in(district, pack=pack)
    browse("tongji").post(reverse("item_move", args=[item.pk, "send"]), {"step": 1, "duty.lead": "PJ01"})
    browse("dawa").post(reverse("item_move", args=[item.pk, "accept"]), {"step": 2})
    return Item.objects.get(pk=item.pk)


def sent(content: bytes = b"", name: str = "合同.pdf", do: str = "", result: str = RESULT, **given: str):
    """Return what the form of 报结 sends, with a file."""
    inputs = {"kind": "document", "title": "", "occurred_on": "2023-01-04", "into": ""} | given
    file = {"proof.file": SimpleUploadedFile(name, content or pdf())}
    box = {f"proof.{key}": text for key, text in inputs.items()}
    return {"step": 3, "result": result, "key": "k1", **({"do": do} if do else {}), **file, **box}


def state_of(item) -> str:
    return Item.objects.get(pk=item.pk).state


def test_a_file_and_the_move_go_in_one(doing, browse):
    clerk = browse("dawa")
    address = reverse("item_move", args=[doing.pk, "report"])
    assert soup(clerk.get(address)).select_one("form[enctype] [name='proof.file']")
    done = clerk.post(address, sent(), follow=True)
    assert state_of(doing) == "check" and "佐证： 合同" in text_of(done)
    again = clerk.post(address, sent(), follow=True)
    assert again.status_code == 200 and ItemEvidence.objects.count() == 1
    assert verify_ledger().ok


@pytest.mark.parametrize("result", ["办完了", ""])
def test_a_refused_move_keeps_the_file_and_what_was_typed(doing, browse, result):
    clerk = browse("dawa")
    refused = clerk.post(reverse("item_move", args=[doing.pk, "report"]), sent(result=result))
    page = soup(refused)
    assert state_of(doing) == "doing" and ItemEvidence.objects.count() == 1
    assert (
        "佐证已上传并留在本件" in text_of(refused) and page.select_one("#proofs-box a").get_text() == "合同"
    )
    assert page.select_one("[name=result]").get_text(strip=True) == result
    step = {"step": 3, "result": RESULT}
    assert clerk.post(reverse("item_move", args=[doing.pk, "report"]), step).status_code == 302
    assert state_of(doing) == "check"


def test_a_picture_alone_is_refused_beside_the_file_and_kept(doing, browse):
    address = reverse("item_move", args=[doing.pk, "report"])
    refused = browse("dawa").post(address, sent(png(), "现场.png", kind="photo"))
    box = soup(refused).select_one("#proofs-box")
    assert "照片、截图不能作为唯一佐证" in box.get_text() and "现场" in box.select_one("a").get_text()
    assert state_of(doing) == "doing"


def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_kept(doing, browse):
    address = reverse("item_move", args=[doing.pk, "report"])
    refused = browse("dawa").post(address, sent(b"MZ\x90", "合同.pdf"))
    assert ItemEvidence.objects.count() == 0 and state_of(doing) == "doing"
    assert soup(refused).select_one("#proofs-box .field.bad")
    assert soup(refused).select_one("[name=result]").get_text(strip=True) == RESULT


def test_uploading_first_keeps_what_was_typed_and_does_not_move(doing, browse):
    clerk = browse("dawa")
    address = reverse("item_move", args=[doing.pk, "report"])
    page = soup(clerk.post(address, sent(do="attach:proof", result="未完")))
    assert page.select_one("[name=result]").get_text(strip=True) == "未完"
    assert state_of(doing) == "doing" and ItemEvidence.objects.count() == 1
    gone = page.select_one("#proofs-box button.link-btn")["value"]
    removed = clerk.post(address, {"step": 3, "result": "未完", "do": gone})
    assert "佐证已移除" in text_of(removed)
    missing = clerk.post(address, {"step": 3, "result": "未完", "do": "attach:proof", "proof.title": "标题"})
    assert "请先选择要上传的文件" in text_of(missing)
    assert soup(missing).select_one("[name='proof.title']")["value"] == "标题"


def test_the_page_of_evidence_and_who_may_read_it(district, pack, doing, browse):
    clerk = browse("dawa")
    address = reverse("item_evidence", args=[doing.pk])
    clerk.post(address, {**sent(do="attach:proof"), "key": "k2"})
    revision = Revision.objects.get()
    detail = reverse("item_detail", args=[doing.pk])
    assert "合同" in soup(clerk.get(detail)).select_one(f"#evidence-{doing.pk}").get_text()
    file = reverse("evidence_download", args=[revision.pk])
    assert clerk.get(file).status_code == 200
    assert browse("ducha").get(file).status_code == 200
    assert browse("ducha").get(address).status_code == 403
    unseen = item_taken_in(district, "别的单位的事", pack=pack)
    elsewhere = reverse("item_evidence", args=[unseen.pk])
    assert clerk.post(elsewhere, sent(do="attach:proof")).status_code == 404
    browse("tongji").post(elsewhere, sent(pdf("另一份"), do="attach:proof"))
    secret = Revision.objects.order_by("-id").first()
    assert ItemEvidence.objects.count() == 2
    assert clerk.get(reverse("evidence_download", args=[secret.pk])).status_code == 404
    swapped = clerk.post(address, {"do": f"remove:{secret.evidence_id}"})
    assert swapped.status_code == 404 and secret.evidence.dropped_at is None
