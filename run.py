"""落实的起步脚本：只用标准库，准备 .venv，再运行所要的命令。

    python3 run.py demo      装好依赖，建立样例区并启动（http://127.0.0.1:8000/）
    python3 run.py test      运行全部测试（后面可接 pytest 的参数）
    python3 run.py luoshi …  运行 luoshi 的任何命令，如 luoshi serve

有 wheelhouse/ 目录时只从那里安装，不用网络。
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "luoshi.stamp"
WHEELS = ROOT / "wheelhouse"
OLDEST = (3, 11)
LOCKS = {"core": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")

CHECKS = (
    ("代码规则", ["-m", "ruff", "check", "."]),
    ("代码格式", ["-m", "ruff", "format", "--check", "."]),
    ("分层约定", ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"]),
    ("类型", ["-m", "mypy"]),
    ("数据库迁移", ["-m", "luoshi", "makemigrations", "--check", "--dry-run"]),
    ("业务包", ["-m", "luoshi", "pack", "check"]),
    ("前端文件", ["tools/vendor.py"]),
    ("文档链接", ["tools/links.py"]),
)


class Failed(Exception):
    """The preparation cannot go on; the message says what to do."""


def main(arguments: list[str]) -> int:
    verb, *rest = arguments or ["help"]
    if verb not in VERBS:
        print(f"没有“{verb}”这个命令。\n", file=sys.stderr)
        usage([])
        return 2
    try:
        return VERBS[verb][0](rest)
    except Failed as reason:
        print(f"落实：{reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# --- what the verbs do ---


def demo(rest: list[str]) -> int:
    """建立样例区并启动"""
    prepare("core")
    return become("-m", "luoshi", "demo", *rest)


def luoshi(rest: list[str]) -> int:
    """运行 luoshi 的任何命令，如 luoshi serve"""
    prepare("core")
    return become("-m", "luoshi", *rest)


def test(rest: list[str]) -> int:
    """运行全部测试"""
    prepare("dev")
    return become("-m", "pytest", *(rest or ["-q", "-n", "auto"]))


def deep(rest: list[str]) -> int:
    """运行耗时的穷举与随机试验"""
    prepare("dev")
    return become("-m", "pytest", "-q", "-n", "auto", "-m", "deep", *rest)


def check(rest: list[str]) -> int:
    """运行全部静态检查"""
    prepare("dev")
    failed = []
    for title, command in CHECKS:
        say(f"{title} …")
        if run(*command):
            failed.append(title)
    say(f"未通过：{'、'.join(failed)}。" if failed else "静态检查全部通过。")
    return 1 if failed else 0


def fix(rest: list[str]) -> int:
    """整理代码格式，修正能自动修正的"""
    prepare("dev")
    return max(run("-m", "ruff", "check", "--fix", "."), run("-m", "ruff", "format", "."))


def bench(rest: list[str]) -> int:
    """运行性能测量"""
    prepare("dev")
    chosen = [ROOT / "bench" / f"{name}.py" for name in rest] or sorted((ROOT / "bench").glob("[!_]*.py"))
    failed = [path.name for path in chosen if run(str(path))]
    if failed:
        say(f"未达标：{'、'.join(failed)}。")
    return 1 if failed else 0


def dev(rest: list[str]) -> int:
    """只准备开发环境"""
    prepare("dev")
    say(f"开发环境已就绪：{PYTHON}")
    return 0


def usage(rest: list[str]) -> int:
    """列出这些命令"""
    print("用法：make 命令，或 python3 run.py 命令\n")
    for verb, (_, title) in VERBS.items():
        print(f"  {verb:8}{title}")
    return 0


VERBS = {
    name: (function, function.__doc__)
    for name, function in (
        ("demo", demo),
        ("test", test),
        ("check", check),
        ("bench", bench),
        ("deep", deep),
        ("fix", fix),
        ("dev", dev),
        ("luoshi", luoshi),
        ("help", usage),
    )
}


# --- the environment ---


def prepare(kind: str) -> None:
    """Make ``.venv`` hold exactly the lock of ``kind``; do nothing when it does already."""
    wanted, present = fingerprint(kind), stamps()
    if present.get(kind) != wanted:
        began = time.monotonic()
        # From core to dev nothing has to go; any other change starts afresh, so that nothing stays behind.
        if not (kind == "dev" and present.get("core") == fingerprint("core")):
            make_venv()
        install(LOCKS[kind])
        kinds = ("core", "dev") if kind == "dev" else ("core",)
        STAMP.write_text("".join(f"{name} {fingerprint(name)}\n" for name in kinds))
        say(f"依赖已装好，用时 {time.monotonic() - began:.0f} 秒。")
    point_to_source()


def fingerprint(kind: str) -> str:
    """Hash of a lock and of the folder it is installed in: scripts of a moved ``.venv`` point nowhere."""
    return hashlib.sha256(LOCKS[kind].read_bytes() + str(ROOT).encode()).hexdigest()


def stamps() -> dict[str, str]:
    """What ``.venv`` holds: {kind: fingerprint}; nothing when its Python is gone."""
    if not STAMP.exists() or not PYTHON.exists():
        return {}
    return dict(line.split() for line in STAMP.read_text().splitlines())


def make_venv() -> None:
    say(f"正在建立 {VENV.name} …")
    shutil.rmtree(VENV, ignore_errors=True)
    result = subprocess.run([find_python(), "-m", "venv", str(VENV)], capture_output=True, text=True)
    if result.returncode:
        told = last_lines(result.stdout + result.stderr)
        raise Failed(f"不能建立虚拟环境。Debian、Ubuntu 请先安装 python3-venv。\n{told}")


def find_python() -> str:
    """Path of a Python that is new enough: this one, else another on the PATH."""
    if sys.version_info >= OLDEST:
        return sys.executable
    probe = f"import sys; sys.exit(sys.version_info < {OLDEST!r})"
    for name in ("python3.13", "python3.12", "python3.11"):
        path = shutil.which(name)
        if path and subprocess.run([path, "-c", probe], capture_output=True).returncode == 0:
            return path
    raise Failed(f"需要 Python 3.11 或更高版本，当前是 {sys.version.split()[0]}。请安装后再试。")


def install(lock: Path) -> None:
    source = ["--no-index", "--find-links", str(WHEELS)] if WHEELS.is_dir() else []
    say(f"正在安装依赖（{'来自 wheelhouse，不用网络' if source else lock.name}）…")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    exact = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(lock)]
    result = subprocess.run([*pip, *exact, *source], capture_output=True, text=True)
    if result.returncode:
        told = last_lines(result.stderr)
        raise Failed(f"依赖没有装上。请检查网络或镜像设置，或把安装包放进 wheelhouse/ 后再试。\n{told}")


def point_to_source() -> None:
    """Let ``.venv`` find the package in ``src``, wherever this folder stands."""
    (packages,) = [VENV / "Lib/site-packages"] if WINDOWS else VENV.glob("lib/python3*/site-packages")
    pointer, source = packages / "luoshi.pth", f"{ROOT / 'src'}\n"
    if not pointer.exists() or pointer.read_text() != source:
        pointer.write_text(source)


# --- running ---


def run(*arguments: str) -> int:
    """Run the Python of ``.venv`` in the project's folder; return its exit code."""
    return subprocess.run([str(PYTHON), *arguments], cwd=str(ROOT)).returncode


def become(*arguments: str) -> int:
    """Hand over to the Python of ``.venv``, so that signals reach it directly."""
    os.chdir(str(ROOT))
    sys.stdout.flush()
    if WINDOWS:
        return run(*arguments)
    os.execv(str(PYTHON), [str(PYTHON), *arguments])


def say(text: str) -> None:
    print(f"落实：{text}", flush=True)


def last_lines(text: str, count: int = 12) -> str:
    return "\n".join(text.strip().splitlines()[-count:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
