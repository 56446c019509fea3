"""``luoshi verify``."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from luoshi.kernel.ledger import checkers
from luoshi.kernel.ledger.checkers import Finding, register_checker
from tests.kernel.ledger.makers import folder_opened, tamper

DATA = Path(__file__).parents[2] / "data"


def run(*arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("verify", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_a_clean_ledger_ends_with_0_and_its_limits() -> None:
    folder_opened()
    code, out, err = run("ledger")
    assert (code, err) == (0, "")
    assert "留痕事件 1 条" in out and "全部相符" in out and "尚无检查点" in out


@pytest.mark.django_db
def test_a_changed_row_ends_with_1_and_is_named() -> None:
    folder, _ = folder_opened()
    tamper("UPDATE ledger_sample_folder SET title = '改'")
    code, out, err = run("ledger")
    assert code == 1 and f"卷宗（sample_folder {folder.pk}）" in err and "发现 1 处不符" in out


@pytest.mark.django_db
def test_faults_beyond_the_list_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luoshi.kernel.ledger.verify.MOST_FAULTS", 1)
    folder_opened(sheets=3)
    tamper("UPDATE ledger_sample_sheet SET amount = 9")
    code, out, err = run("ledger")
    assert code == 1 and "另有 2 处未逐一列出" in err and "发现 3 处不符" in out


@pytest.mark.django_db
def test_on_a_terminal_progress_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("luoshi.kernel.ledger.verify.CHUNK", 1)
    folder_opened()
    err = Terminal()
    call_command("verify", "ledger", stdout=StringIO(), stderr=err)
    assert "\r留痕事件 1" in err.getvalue()


def test_exactly_the_four_wrong_shares_are_named() -> None:
    code, _, err = run("shares", str(DATA / "t11_shares_long.csv"))
    lines = err.splitlines()
    assert code == 1 and len(lines) == 4
    for name in ("changzhou-2014", "天宁区"), ("changzhou-2014", "武进区"), ("changzhou-2014", "商务局"), (
        "changzhou-2017-11", "第一类"):  # fmt: skip
        assert any(all(part in line for part in name) for line in lines), name


def test_exactly_the_two_wrong_sums_are_named() -> None:
    code, _, err = run("sums", str(DATA / "t12_sum_identities.csv"))
    lines = err.splitlines()
    assert code == 1 and len(lines) == 2
    assert "lyg-2019-06" in lines[0] and "lyg-cj-2017-03" in lines[1]


def test_a_table_without_contradiction_ends_with_0(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("bulletin,identity,published_total,parts\nb,3=1+2,3,1 2\n", "utf-8-sig")
    code, out, err = run("sums", str(path))
    assert (code, err) == (0, "") and "已核对 1 行，全部相符" in out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"bulletin,identity,parts\n", "published_total"),
        (b"bulletin,identity,published_total,parts\nb,x,three,1 2\n", "第 2 行"),
        (b"bulletin,identity,published_total,parts\nb,x,NaN,1 2\n", "第 2 行"),
        (b"bulletin,identity,published_total,parts\nb,x,3,\n", "第 2 行"),
        ("编号".encode("gbk"), "UTF-8"),
        (None, "无法打开"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "a.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        run("sums", str(path))


def test_an_upper_app_adds_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkers, "_checkers", {})
    found = Finding("已核对 3 行", ("甲不符。",))
    register_checker("facts", "核对", lambda progress: found)
    assert run("facts") == (1, "已核对 3 行，发现 1 处不符。\n", "甲不符。\n")
    with pytest.raises(ValueError, match="exists"):
        register_checker("facts", "核对", lambda progress: found)
    with pytest.raises(ValueError, match="exists"):
        register_checker("ledger", "核对", lambda progress: found)


@pytest.mark.django_db
def test_the_index_is_rebuilt_by_command() -> None:
    folder_opened(sheets=2)
    out = StringIO()
    call_command("naming_rebuild", stdout=out)
    assert "2 条" in out.getvalue()
