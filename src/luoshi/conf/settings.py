"""Django settings. What an installation may choose comes from ``env.py``; the rest is fixed here."""

from __future__ import annotations

from datetime import datetime
from importlib.util import find_spec

from luoshi.conf.env import database_settings, read_environment, secret_key_in

ENV = read_environment()
DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key or secret_key_in(ENV.var_dir)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", *ENV.allowed_hosts]
CSRF_TRUSTED_ORIGINS = list(ENV.trusted_origins)

# Upper apps first: a template or static file of an upper app wins over one below.
INSTALLED_APPS = [
    "luoshi.conf",
    "luoshi.web.shell",
    "luoshi.web.workbench",
    "luoshi.web.org",
    "luoshi.web.packs",
    "luoshi.web.filings",
    "luoshi.web.assess",
    "luoshi.web.reports",
    "luoshi.web.ledger",
    "luoshi.demo",
    "luoshi.worker",
    "luoshi.kernel.loader",
    "luoshi.kernel.reports",
    "luoshi.kernel.assess",
    "luoshi.kernel.indicators",
    "luoshi.kernel.filings",
    "luoshi.kernel.elements",
    "luoshi.kernel.documents",
    "luoshi.kernel.files",
    "luoshi.kernel.access",
    "luoshi.kernel.org",
    "luoshi.kernel.calendars",
    "luoshi.kernel.definitions",
    "luoshi.kernel.ledger",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]


def _stands(name: str) -> bool:
    try:
        return not name.startswith("luoshi.") or find_spec(f"{name}.apps") is not None
    except ModuleNotFoundError:
        return False


INSTALLED_APPS = [name for name in INSTALLED_APPS if _stands(name)]

ROOT_URLCONF = "luoshi.conf.urls"
WSGI_APPLICATION = "luoshi.conf.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": database_settings(ENV)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if find_spec("luoshi.kernel.access") and find_spec("luoshi.kernel.access.models"):
    AUTH_USER_MODEL = "access.Account"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = ENV.var_dir / "static"

if find_spec("luoshi.core") and find_spec("luoshi.core.clock"):
    from luoshi.core.clock import OffsetClock, SystemClock

    LUOSHI_CLOCK = (
        OffsetClock(datetime.fromisoformat(ENV.demo_start), SystemClock().now()) if ENV.demo_start else SystemClock()
    )
