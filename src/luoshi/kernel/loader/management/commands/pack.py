from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from luoshi.core.actor import SYSTEM_ACTOR
from luoshi.core.errors import NotFound, PackInvalid, Refusal
from luoshi.kernel.definitions.queries import definitions_in, pack_in_force, pack_versions
from luoshi.kernel.loader.actions import LOCAL, pack_install, pack_retire
from luoshi.kernel.loader.check import CheckedPack, pack_check
from luoshi.kernel.loader.diff import changes
from luoshi.kernel.loader.folder import PACK_FILE, folder_of, shipped_ids
from luoshi.kernel.loader.local import local_bindings, local_text
from luoshi.kernel.loader.schema import pack_schema_text


class Command(BaseCommand):
    help = "业务包：检查、比较、安装、停用，导出格式说明。"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="动作")
        check = verbs.add_parser("check", help="检查业务包，一次列出全部错误（不写则检查全部随附的业务包）")
        check.add_argument("packs", nargs="*", metavar="业务包", help="代码或文件夹")
        diff = verbs.add_parser("diff", help="与已安装的版本比较")
        diff.add_argument("pack", metavar="业务包", help="代码或文件夹")
        install = verbs.add_parser("install", help="检查并安装")
        install.add_argument("pack", metavar="业务包", help="代码或文件夹")
        install.add_argument(
            "--bind", action="append", default=[], metavar="槽位=代码", help="槽位对应的岗位或单位"
        )
        retire = verbs.add_parser("retire", help="停用当前版本")
        retire.add_argument("pack", metavar="业务包", help="代码")
        export = verbs.add_parser("export", help="写出本区自建的业务包 local，可在别处安装")
        export.add_argument("pack", metavar="业务包", choices=[LOCAL], help=f"只能是 {LOCAL}")
        export.add_argument("--version", type=int, metavar="版本", help="不写则为现行版本")
        export.add_argument("--out", metavar="文件夹", help="写入其下的 local 文件夹；不写则输出到屏幕")
        verbs.add_parser("list", help="列出已安装的业务包")
        schema = verbs.add_parser("schema", help="导出业务包格式（JSON Schema），供编辑器使用")
        schema.add_argument("--out", metavar="文件", help="写入文件；不写则输出到屏幕")

    def handle(self, *args: Any, **options: Any) -> None:
        verbs = {
            "check": self._check,
            "diff": self._diff,
            "install": self._install,
            "retire": self._retire,
            "export": self._export,
            "list": self._list,
            "schema": self._schema,
        }
        try:
            verbs[options["verb"]](options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    def _check(self, options: dict[str, Any]) -> None:
        broken = 0
        for name in options["packs"] or shipped_ids():
            try:
                self._told(pack_check(folder_of(name)))
            except (PackInvalid, NotFound) as refusal:
                broken += 1
                self.stderr.write(f"{name}：{refusal}")
        if broken:
            raise CommandError(f"{broken} 个业务包没有通过检查。")

    def _told(self, checked: CheckedPack) -> None:
        self.stdout.write(f"{checked.id} 第 {checked.version} 版“{checked.title}”通过检查。")
        self.stdout.write(f"  内容校验码 {checked.content_hash}")
        for trial in checked.trials:
            if trial.refused:
                self.stdout.write(f"  检验 {trial.number}（{trial.rows_file}）：按规定拒绝。{trial.refused}")
                continue
            told = f"{trial.rows} 行，核对 {trial.compared} 个数，全部相符"
            if trial.differs:
                told += f"，其中 {len(trial.differs)} 个与公布数不同，已说明"
            self.stdout.write(f"  检验 {trial.number}（{trial.rows_file}）：{told}。")
            for note in trial.differs:
                self.stdout.write(f"    {note}")

    def _diff(self, options: dict[str, Any]) -> None:
        checked = pack_check(folder_of(options["pack"]), packs={row.pack for row in pack_versions()})
        standing = pack_in_force(checked.id)
        if standing is None:
            self.stdout.write(f"业务包 {checked.id} 还没有安装，第 {checked.version} 版全部为新增。")
            return
        if standing.content_hash == checked.content_hash:
            self.stdout.write(f"与已安装的第 {standing.version} 版内容相同。")
            return
        self.stdout.write(f"已安装第 {standing.version} 版 → 第 {checked.version} 版：")
        found = changes(definitions_in(standing.id), checked.entries)
        for change in found:
            self.stdout.write(f"  {change}")
        if checked.version <= standing.version:
            raise CommandError(f"内容已改动，安装前请把 version 提高到 {standing.version + 1}。")

    def _install(self, options: dict[str, Any]) -> None:
        bindings = dict(_binding(text) for text in options["bind"])
        version = pack_install(actor=SYSTEM_ACTOR, path=options["pack"], bindings=bindings, now=_now())
        self.stdout.write(f"业务包 {version.pack} 第 {version.version} 版已安装。")

    def _retire(self, options: dict[str, Any]) -> None:
        version = pack_retire(actor=SYSTEM_ACTOR, pack=options["pack"], now=_now())
        self.stdout.write(f"业务包 {version.pack} 第 {version.version} 版已停用。")

    def _export(self, options: dict[str, Any]) -> None:
        row, text = local_text(options["version"])
        if not options["out"]:
            self.stdout.write(text)
            return
        folder = Path(options["out"]) / LOCAL
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PACK_FILE).write_text(text, encoding="utf-8")
        binds = "".join(f" --bind {each}" for each in local_bindings())
        self.stdout.write(f"已写出第 {row.version} 版。在别处安装：luoshi pack install {folder}{binds}")

    def _list(self, options: dict[str, Any]) -> None:
        rows = pack_versions()
        if not rows:
            self.stdout.write("还没有安装业务包。")
        for row in rows:
            state = "已停用" if row.retired_at else ("在用" if row.newest else "已有新版")
            self.stdout.write(f"{row.pack} 第 {row.version} 版 {row.title} {state} {row.content_hash[:12]}")

    def _schema(self, options: dict[str, Any]) -> None:
        if options["out"]:
            Path(options["out"]).write_text(pack_schema_text(), encoding="utf-8")
            self.stdout.write(f"已写入 {options['out']}。")
        else:
            self.stdout.write(pack_schema_text())


def _binding(text: str) -> tuple[str, str]:
    slot, sign, code = text.partition("=")
    if not (slot and sign and code):
        raise CommandError(f"--bind {text} 写法不对，应为 槽位=代码。")
    return slot.strip(), code.strip()


def _now() -> datetime:
    now: datetime = settings.LUOSHI_CLOCK.now()
    return now
