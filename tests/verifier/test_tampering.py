"""The verifier says "consistent" of an untouched bundle, and the right sentence after each tampering.

Every tampering is tried by somebody who makes the list of files fit again, so that a deeper check finds it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from luoshi.core.canonical import canonical_bytes
from luoshi.kernel.documents.ooxml import zip_bytes
from luoshi.kernel.reports.bundle import ProofBundle, proof_bundle
from luoshi.kernel.reports.models import Issue
from tests.district import District
from tests.verifier.bundles import (
    Change,
    Files,
    docx_changed,
    json_changed,
    listed_anew,
    record_dropped,
    records_changed,
    rows_changed,
    unpacked,
    verifier_run,
)

pytestmark = pytest.mark.django_db
BODY, LIST, CHART = "word/document.xml", "customXml/item1.xml", "word/charts/chart1.xml"
DONE = "definitions/indicator/bulletins.panjin_done@1.json"


@pytest.fixture(scope="module")
def made(district: District, django_db_blocker: Any) -> ProofBundle:
    """The bundle of one frozen bulletin, made once."""
    with django_db_blocker.unblock():
        return proof_bundle(Issue.objects.get(report_ref="bulletins.panjin"))


def row_of(rows: list[dict[str, Any]], unit: str) -> dict[str, Any]:
    return next(row for row in rows if row["unit"] == unit)


def value_set(unit: str, key: str, value: str) -> Any:
    return lambda rows: row_of(rows, unit)["values"].update({key: value})


def named_set(unit: str, **changed: Any) -> Any:
    return lambda rows: row_of(rows, unit).update(changed)


def first_set(**changed: Any) -> Any:
    return lambda bodies: bodies[0].update(changed)


def swapped(key: str) -> Any:
    def change(bodies: list[dict[str, Any]]) -> None:
        one, two = bodies[0], next(body for body in bodies if body[key] != bodies[0][key])
        one[key], two[key] = two[key], one[key]

    return change


def row_dropped(rows: list[dict[str, Any]]) -> None:
    rows.remove(row_of(rows, "PJ04"))


def row_doubled(rows: list[dict[str, Any]]) -> None:
    rows.append(dict(row_of(rows, "PJ01")))


def row_added(rows: list[dict[str, Any]]) -> None:
    rows.append({**row_of(rows, "PJ01"), "filing": 9999})


def row_moved_to_another_unit(rows: list[dict[str, Any]]) -> None:
    row_of(rows, "PJ02")["unit_id"] = row_of(rows, "PJ01")["unit_id"]


def definition_edited(key: str, value: Any) -> Change:
    return json_changed(DONE, lambda body: body.update({key: value}))


def definition_edited_with_record(files: Files) -> None:
    json_changed(DONE, lambda body: body.update({"den": "assigned + 1"}))(files)

    def change(bodies: list[dict[str, Any]]) -> None:
        (body,) = [body for body in bodies if body["kind"] == "indicator" and body["key"] == "panjin_done"]
        body["body"] = files[DONE].decode()

    records_changed("definition", change)(files)


def file_dropped(name: str) -> Change:
    return lambda files: files.pop(name) and None


def event_dropped(files: Files) -> None:
    lines = files["events.jsonl"].splitlines(keepends=True)
    files["events.jsonl"] = b"".join(lines[:-1])


def event_moved(files: Files) -> None:
    lines = [json.loads(line) for line in files["events.jsonl"].splitlines()]
    lines[-1]["position"] = 3
    files["events.jsonl"] = b"".join(canonical_bytes(line) + b"\n" for line in lines)


def prose_changed(files: Files) -> None:
    def change(bodies: list[dict[str, Any]]) -> None:
        bodies[0]["document"] = bodies[0]["document"].replace("工作要求", "工作安排", 1)

    records_changed("issue", change)(files)


def bound_moved(files: Files) -> None:
    """Bind one printed figure to the row of another, and make the check code fit."""

    def change(bodies: list[dict[str, Any]]) -> None:
        bounds = json.loads(bodies[0]["bounds"])
        one, two = [bound for bound in bounds if bound["kind"] == "sheet" and bound["part"] == "total"][:2]
        one["row_id"], two["row_id"] = two["row_id"], one["row_id"]
        bodies[0]["bounds"] = canonical_bytes(bounds).decode()
        told = f"{bodies[0]['document']}\n{bodies[0]['bounds']}"
        bodies[0]["document_hash"] = hashlib.sha256(told.encode()).hexdigest()

    records_changed("issue", change)(files)


TAMPERINGS: dict[str, tuple[Change, str]] = {
    "one value of one row": (
        rows_changed(value_set("PJ04", "satisfied_rate", "99.01")),
        "的数值与行标记不符，数值被改动",
    ),
    "one value, manifests made to fit": (
        rows_changed(value_set("PJ04", "satisfied_rate", "99.01"), covered=True),
        "数字“满意率”（双台子区，2023-01..2023-04）按包内数据行重算的结果为 99.01%，定稿为 94.01%",
    ),
    "a value spelled otherwise": (
        rows_changed(value_set("PJ05", "callback_rate", "100.0"), covered=True),
        "的数值与行标记不符",
    ),
    "one row dropped": (rows_changed(row_dropped), "清单为 6 行，包内为 5 行"),
    "one row dropped, manifests made to fit": (
        rows_changed(row_dropped, covered=True),
        "数字“转办件数”（全部单位，2023-01..2023-04）按包内数据行重算的结果为 12968，定稿为 15552",
    ),
    "one row twice": (rows_changed(row_doubled, covered=True), "出现两次"),
    "one row invented": (rows_changed(row_added, covered=True), "没有留痕为证"),
    "rows in another order": (rows_changed(list.reverse), "与清单的根摘要不符，行被改动、替换或调换"),
    "a row moved to another unit": (
        rows_changed(row_moved_to_another_unit, covered=True),
        "数字“转办件数”（盘山县，2023-01..2023-04）按包内数据行重算的结果为 —，定稿为 1922",
    ),
    "a row moved to another period": (
        rows_changed(named_set("PJ02", period="2023-05"), covered=True),
        "按包内数据行重算的",
    ),
    "the row tag changed": (rows_changed(named_set("PJ01", tag=1), covered=True), "的数值与行标记不符"),
    "a row said to hold hidden texts": (
        rows_changed(lambda rows: row_of(rows, "PJ01").update(whole=False, tag=1), covered=True),
        "按包内数据行重算的行指纹为",
    ),
    "a row said to be filed later": (
        rows_changed(lambda rows: row_of(rows, "PJ01").update({"from": 10_000}), covered=True),
        "没有留痕为证",
    ),
    "a row said to have ended": (
        rows_changed(named_set("PJ01", to=0), covered=True),
        "按包内数据行重算的结果为 11326，定稿为 15552",
    ),
    "the digest of a row": (rows_changed(named_set("PJ01", digest="0" * 64), covered=True), "没有留痕为证"),
    "manifest count": (
        json_changed("manifests.json", lambda value: value[0].update(rows=7)),
        "清单为 7 行，包内为 6 行",
    ),
    "manifest of a period dropped": (json_changed("manifests.json", list.clear), "不在清单中"),
    "one digit in the document": (
        docx_changed(BODY, (">97.78%<", ">97.79%<")),
        "公文里数字 panjin_done 为 97.79%，定稿为 97.78%，数字被改动",
    ),
    "one digit in the document and its list": (
        lambda files: (
            docx_changed(BODY, (">97.78%<", ">97.79%<"))(files),
            docx_changed(LIST, ('text="97.78%"', 'text="97.79%"'))(files),
        )[0],
        "公文的数字清单把 panjin_done 记作 panjin_done 97.79%，定稿为 97.78%",
    ),
    "two figures of the document swapped": (
        docx_changed(BODY, (">15552<", ">@<"), (">55830<", ">15552<"), (">@<", ">55830<")),
        "公文里数字 panjin_assigned 为 55830，定稿为 15552，数字被改动",
    ),
    "two bookmarks swapped": (
        docx_changed(
            BODY,
            ('"ind_panjin_assigned"', '"@"'),
            ('"ind_panjin_kb"', '"ind_panjin_assigned"'),
            ('"@"', '"ind_panjin_kb"'),
        ),
        "公文里数字 panjin_kb 为 15552，定稿为 55830",
    ),
    "a bookmark taken out": (
        docx_changed(BODY, ('w:name="ind_panjin_kb"', 'w:name="other"')),
        "公文里数字 panjin_kb（55830）的书签不见了",
    ),
    "a word of the document": (
        docx_changed(BODY, ("居首位", "居末位")),
        "公文里找不到定稿的这一段文字，已被改动：“6个单位平均得分99.0分。",
    ),
    "a unit of the table": (docx_changed(BODY, (">盘山县<", ">大洼区<")), "已被改动：“盘山县”"),
    "a paragraph added": (
        docx_changed(BODY, ("<w:sectPr", "<w:p><w:r><w:t>经核实全部按期办结</w:t></w:r></w:p><w:sectPr")),
        "公文多出定稿没有的文字：“经核实全部按期办结”",
    ),
    "a number outside any bookmark": (
        docx_changed(BODY, ("不足百分之九十五", "不足百分之五")),
        "公文里找不到定稿的这一段文字",
    ),
    "the binding in the document's list": (
        docx_changed(LIST, ('ref="bulletins.panjin_kb"', 'ref="bulletins.panjin_assigned"')),
        "公文的数字清单里 panjin_kb 的依据与定稿不同",
    ),
    "a value of the chart": (
        docx_changed(CHART, ("<c:v>97.02</c:v>", "<c:v>99.02</c:v>")),
        "图“各单位满意率”的“满意率”与定稿不同，图的数据被改动",
    ),
    "an entity in the document": (
        docx_changed(BODY, ("?>\n<w:document", '?>\n<!DOCTYPE d [<!ENTITY a "x">]>\n<w:document')),
        "word/document.xml 含有实体声明，不予打开",
    ),
    "the denominator of a definition": (
        definition_edited("den", "assigned * 2"),
        "定义 indicator/bulletins.panjin_done@1 与安装时的摘要不符，定义被改动",
    ),
    "the digits of a definition": (definition_edited("digits", 1), "定义被改动"),
    "a definition with a call that is none": (
        definition_edited("num", "__import__('os').getcwd()"),
        "用了不允许的写法",
    ),
    "a definition and its record": (definition_edited_with_record, "与计算时的摘要不符，定义被改动"),
    "a definition dropped": (file_dropped(DONE), "缺少正文或定稿记录"),
    "the printed form of a frozen figure": (
        records_changed("figure", first_set(text="15553")),
        "数字“办结率”（大洼区，2023-01..2023-04）与留痕第",
    ),
    "two frozen figures swapped": (
        records_changed("figure", swapped("text")),
        "记录被改动",
    ),
    "a frozen figure dropped": (record_dropped("figure"), "不在包内，记录被删去"),
    "the points of a line": (
        records_changed("line", first_set(points="100.1")),
        "的得分项“办结率”重算为 100 分，定稿为 100.1 分",
    ),
    "the total of a sheet": (
        records_changed("sheet", first_set(total="99.9")),
        "高新技术开发区的总分重算为 100.0，定稿为 99.9",
    ),
    "two ranks swapped": (
        records_changed("sheet", swapped("rank")),
        "高新技术开发区的名次重算为 1，定稿为 2",
    ),
    "the reason of a sheet": (
        records_changed("sheet", first_set(reason="申诉调整")),
        "2023-01..2023-04 的得分单与轮次的校验值不符，得分单被改动",
    ),
    "a sheet dropped": (record_dropped("sheet"), "不在包内，记录被删去"),
    "the frozen prose": (prose_changed, "定稿正文与校验码不符，正文被改动"),
    "the document number": (
        records_changed("issue", first_set(number="示督通〔2023〕9号")),
        "bundle.json 的 number 与定稿记录不符",
    ),
    "bindings of two printed figures": (bound_moved, "所依据的记录是 另一单位的得分单"),
    "the ledger position": (
        json_changed("bundle.json", lambda head: head["report"].update(position=1)),
        "bundle.json 的 position 与定稿记录不符",
    ),
    "an event dropped": (event_dropped, "没有留痕为证"),
    "the position of the freezing": (event_moved, "定稿的留痕序号 3 早于取数位置"),
    "the name of a unit": (
        json_changed("units.json", lambda units: next(iter(units.values())).update(code="PJ09")),
        "得分单与轮次的校验值不符",
    ),
}


def tampered(made: ProofBundle, change: Change, folder: Path, *, covered: bool = True) -> Path:
    files = unpacked(made.content)
    change(files)
    if covered:
        listed_anew(files)
    path = folder / "bundle.zip"
    path.write_bytes(zip_bytes(files))
    return path


def test_there_are_at_least_thirty_tamperings():
    assert len(TAMPERINGS) >= 30


def test_untouched_bundle_is_consistent_and_says_that_it_is_not_signed(made: ProofBundle, tmp_path: Path):
    bundle, docx = tmp_path / "bundle.zip", tmp_path / "report.docx"
    bundle.write_bytes(made.content)
    docx.write_bytes(made.docx)
    told = verifier_run(bundle, docx)
    assert told.code == 0 and "结论：一致。" in told.text and "[不符]" not in told.text
    assert "未签名，仅证明自洽" in told.text and made.digest in told.text
    assert "公文（report.docx）" in told.text


def test_unpacked_bundle_is_verified_as_well(made: ProofBundle, tmp_path: Path):
    for name, content in unpacked(made.content).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert verifier_run(tmp_path).code == 0
    mine = tmp_path / "mine.docx"
    mine.write_bytes(made.docx)
    assert "多出文件 mine.docx，清单里没有" in verifier_run(tmp_path).text
    assert verifier_run(tmp_path, mine).code == 0


@pytest.mark.parametrize("name", list(TAMPERINGS))
def test_tampering_is_found_though_the_list_of_files_fits(made: ProofBundle, tmp_path: Path, name: str):
    change, sentence = TAMPERINGS[name]
    told = verifier_run(tampered(made, change, tmp_path))
    assert told.code == 1, told.text
    assert "结论：不一致" in told.text and "结论：一致" not in told.text
    assert sentence in told.text, told.text


@pytest.mark.parametrize("name", ["one value of one row", "one digit in the document", "the frozen prose"])
def test_careless_tampering_is_found_by_the_list_of_files(made: ProofBundle, tmp_path: Path, name: str):
    told = verifier_run(tampered(made, TAMPERINGS[name][0], tmp_path, covered=False))
    assert told.code == 1 and "与清单的摘要不符，内容被改动" in told.text


def test_document_from_elsewhere_is_compared_with_the_frozen_one(made: ProofBundle, tmp_path: Path):
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(made.content)
    files = unpacked(made.content)
    docx_changed(BODY, (">97.78%<", ">98.78%<"))(files)
    edited = tmp_path / "edited.docx"
    edited.write_bytes(files["report.docx"])
    told = verifier_run(bundle, edited)
    assert told.code == 1 and "[一致] 公文（包内）" in told.text and "[不符] 公文（edited.docx）" in told.text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no zip", "不是完好的压缩包"),
        (zip_bytes({"bundle.json": b"{}"}), "这不是落实的证明包"),
        (zip_bytes({"bundle.json": b'{"format": 1}'}), "不是规范写法的 JSON"),
        (zip_bytes({}), "缺少 bundle.json"),
    ],
)
def test_what_is_no_bundle_is_refused_in_words(tmp_path: Path, content: bytes, reason: str):
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    told = verifier_run(path)
    assert told.code == 2 and reason in told.text and "Traceback" not in told.text
