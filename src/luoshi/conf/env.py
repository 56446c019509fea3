"""The one place that reads the environment.

``Environment`` lists every setting with its type, default and help; ``luoshi settings`` prints it and the
settings page of the documentation is checked against it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import Field, dataclass, field, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

SWITCH = {"true": True, "1": True, "false": False, "0": False}
SQLITE = "luoshi.db.sqlite"
POSTGRESQL = "django.db.backends.postgresql"
VAR_DEFAULT = str(Path(__file__).resolve().parents[3] / "var")


def setting(name: str, *, default: Any, help: str, secret: bool = False) -> Any:
    """Declare one setting: the variable's name, its default and its help (Chinese, one line)."""
    return field(default=default, metadata={"name": name, "help": help, "secret": secret})


@dataclass(frozen=True, kw_only=True)
class Environment:
    """All settings an installation may choose. Everything else is fixed in ``settings.py`` or in a pack."""

    var: str = setting("LUOSHI_VAR", default=VAR_DEFAULT, help="数据目录：数据库、密钥和上传文件都放在这里。")
    database_url: str = setting(
        "DATABASE_URL",
        default="",
        secret=True,
        help="数据库地址，如 postgres://用户:密码@主机:5432/库名；不填则用数据目录下的 SQLite。",
    )
    secret_key: str = setting(
        "LUOSHI_SECRET_KEY", default="", secret=True, help="签名密钥；不填则首次启动时生成并存入数据目录。"
    )
    allowed_hosts: tuple[str, ...] = setting(
        "LUOSHI_ALLOWED_HOSTS", default=(), help="除 127.0.0.1 和 localhost 外允许的访问域名，逗号分隔。"
    )
    trusted_origins: tuple[str, ...] = setting(
        "LUOSHI_TRUSTED_ORIGINS",
        default=(),
        help="经反向代理访问时浏览器所见的来源，如 https://luoshi.example.cn，逗号分隔。",
    )
    https: bool = setting(
        "LUOSHI_HTTPS", default=False, help="前面有 HTTPS 代理时设为 true：Cookie 只走加密连接，并发送 HSTS。"
    )
    proxy: str = setting(
        "LUOSHI_PROXY",
        default="",
        help="前置代理的地址，如 127.0.0.1；只采信它转来的访问者地址和协议。",
    )
    host: str = setting("LUOSHI_HOST", default="127.0.0.1", help="luoshi serve 监听的地址。")
    port: int = setting("LUOSHI_PORT", default=8000, help="luoshi serve 监听的端口。")
    threads: int = setting("LUOSHI_THREADS", default=8, help="处理请求的线程数。")
    demo_start: str = setting(
        "LUOSHI_DEMO_START",
        default="",
        help="演示时间的起点，如 2021-01-15T08:00:00+08:00；不填则用真实时间。",
    )
    url: str = setting(
        "LUOSHI_URL", default="", help="网站地址，如 https://luoshi.example.cn；邮件和推送中的链接以它开头。"
    )
    mail_url: str = setting(
        "LUOSHI_MAIL_URL",
        default="",
        secret=True,
        help="邮件服务器，如 smtp+tls://用户:密码@mail.example.cn:587；不填则不发邮件。",
    )
    mail_from: str = setting("LUOSHI_MAIL_FROM", default="", help="发件地址，如 luoshi@example.cn。")
    webhook_hosts: tuple[str, ...] = setting(
        "LUOSHI_WEBHOOK_HOSTS",
        default=(),
        help="消息推送可用的内部网络主机，逗号分隔；外部主机不用列出。",
    )
    log_level: str = setting(
        "LUOSHI_LOG_LEVEL", default="INFO", help="日志级别：DEBUG、INFO、WARNING、ERROR。"
    )
    debug: bool = setting(
        "LUOSHI_DEBUG", default=False, help="显示调试页面，只供开发；演示和正式环境不得开启。"
    )

    @property
    def var_dir(self) -> Path:
        return Path(self.var)


def variable_of(item: Field[Any]) -> str:
    """Name of the environment variable behind a field of ``Environment``."""
    return str(item.metadata["name"])


def read_environment(source: Mapping[str, str] | None = None) -> Environment:
    """Read every setting from ``source`` (default: the process environment); empty counts as not set.

    Raises: ImproperlyConfigured when a value is not of the setting's type; the message names the variable.
    """
    env = environ.Env()
    env.ENVIRON = os.environ if source is None else source
    read: dict[str, Any] = {item.name: _value_of(item, env) for item in fields(Environment)}
    return Environment(**{name: value for name, value in read.items() if value is not None})


def _value_of(item: Field[Any], env: environ.Env) -> str | int | bool | tuple[str, ...] | None:
    """Return the value of one setting in its type, or None when it is not set."""
    name = variable_of(item)
    text = env.str(name, default="").strip()
    if not text:
        return None
    match item.type:
        case "int":
            if not text.isdecimal():
                raise ImproperlyConfigured(f"{name} 的值“{text}”不对，应为非负整数。")
            return int(text)
        case "bool":
            if text.lower() not in SWITCH:
                raise ImproperlyConfigured(f"{name} 的值“{text}”不对，应为 true 或 false。")
            return SWITCH[text.lower()]
        case "str":
            return str(text)
    return tuple(env.list(name))


def secret_key_in(var_dir: Path, name: str = "secret.key") -> str:
    """Return the key kept in ``var_dir/NAME``, making it (mode 0600) at the first start.

    Two processes may start at once: the key is written aside and linked into place, so the first one wins
    and nobody reads half a key.
    """
    path = var_dir / name
    if not path.exists():
        var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = var_dir / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def mail_settings(environment: Environment) -> dict[str, Any]:
    """Return Django's settings of the mail server, by name; without an address mail goes nowhere.

    Raises: ImproperlyConfigured when the address is not one of SMTP, or when the sender is missing.
    """
    if not environment.mail_url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    if environment.mail_url.partition("://")[0] not in ("smtp", "smtp+tls", "smtp+ssl"):
        raise ImproperlyConfigured("LUOSHI_MAIL_URL 应以 smtp://、smtp+tls:// 或 smtp+ssl:// 开头。")
    if not environment.mail_from:
        raise ImproperlyConfigured("设置了 LUOSHI_MAIL_URL，还须用 LUOSHI_MAIL_FROM 写明发件地址。")
    chosen = environ.Env.email_url_config(environment.mail_url)
    named = {name: value for name, value in chosen.items() if name.startswith("EMAIL_") and name.isupper()}
    return named | {"EMAIL_TIMEOUT": 10}


def database_settings(environment: Environment) -> dict[str, Any]:
    """Return Django's settings of the database: the one at ``database_url``, else SQLite in the data folder.

    Raises: ImproperlyConfigured when the address names neither PostgreSQL nor SQLite, or when the driver of
    PostgreSQL is not installed.
    """
    if not environment.database_url:
        return {"ENGINE": SQLITE, "NAME": str(environment.var_dir / "luoshi.sqlite3")}
    chosen = dict(environ.Env.db_url_config(environment.database_url))
    if chosen["ENGINE"] == "django.db.backends.sqlite3":
        return {"ENGINE": SQLITE, "NAME": chosen["NAME"]}
    if chosen["ENGINE"] != POSTGRESQL:
        raise ImproperlyConfigured("DATABASE_URL 只支持 postgres://… 和 sqlite:///…，请改用其中一种。")
    if find_spec("psycopg") is None:
        raise ImproperlyConfigured("使用 PostgreSQL 需要 psycopg：请先运行 make dev。")
    # Threads of the server keep their connection for the length of a request burst and test it before use.
    return {**chosen, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
