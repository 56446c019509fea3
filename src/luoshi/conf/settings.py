"""Django settings. What an installation may choose comes from ``env.py``; the rest is fixed here."""

from __future__ import annotations

from luoshi.conf.env import database_settings, mail_settings, read_environment, secret_key_in
from luoshi.conf.logs import logging_settings
from luoshi.core.clock import Clock
from luoshi.demo.clock import clock_in

ENV = read_environment()
DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key or secret_key_in(ENV.var_dir)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", *ENV.allowed_hosts]
CSRF_TRUSTED_ORIGINS = list(ENV.trusted_origins)

# The clock of the product. Taken once at the edge of a request or a scan, then passed down as `now`.
LUOSHI_CLOCK: Clock = clock_in(ENV.var_dir, ENV.demo_start)

# Personal fields are sealed with this key (kernel/items). Without it nobody reads them again.
LUOSHI_PERSONAL_KEY = secret_key_in(ENV.var_dir, "personal.key")

# Uploaded contents, each under its own hash (kernel/files).
LUOSHI_FILES_DIR = ENV.var_dir / "files"

# How notices leave the house (kernel/notify): the mail server, the hosts a push may reach inside.
globals().update(mail_settings(ENV))
LUOSHI_MAIL_FROM = ENV.mail_from if ENV.mail_url else ""
LUOSHI_URL = ENV.url.rstrip("/")
LUOSHI_WEBHOOK_HOSTS = ENV.webhook_hosts

# Upper apps first, so that a template or static file of an upper app wins over one below.
INSTALLED_APPS = [
    "luoshi.conf",
    "luoshi.web.shell",
    "luoshi.web.workbench",
    "luoshi.web.org",
    "luoshi.web.packs",
    "luoshi.web.forms",
    "luoshi.web.filings",
    "luoshi.web.indicators",
    "luoshi.web.burden",
    "luoshi.web.items",
    "luoshi.web.search",
    "luoshi.web.discuss",
    "luoshi.web.duties",
    "luoshi.web.plans",
    "luoshi.web.notices",
    "luoshi.web.assess",
    "luoshi.web.reports",
    "luoshi.web.rectify",
    "luoshi.web.slips",
    "luoshi.web.requests",
    "luoshi.web.handover",
    "luoshi.web.meetings",
    "luoshi.web.supervision",
    "luoshi.web.drafts",
    "luoshi.web.ledger",
    "luoshi.demo",
    "luoshi.worker",
    "luoshi.domains.admission",
    "luoshi.domains.duties",
    "luoshi.domains.plans",
    "luoshi.domains.rectify",
    "luoshi.domains.slips",
    "luoshi.domains.requests",
    "luoshi.domains.handover",
    "luoshi.domains.meetings",
    "luoshi.domains.supervision",
    "luoshi.kernel.loader",
    "luoshi.kernel.reports",
    "luoshi.kernel.assess",
    "luoshi.kernel.indicators",
    "luoshi.kernel.filings",
    "luoshi.kernel.items",
    "luoshi.kernel.elements",
    "luoshi.kernel.discuss",
    "luoshi.kernel.notify",
    "luoshi.kernel.search",
    "luoshi.kernel.evidence",
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
# Outermost first. The read-only guard stands innermost: outer layers may still save the session.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "luoshi.web.shell.headers.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "luoshi.web.shell.errors.DeniedMiddleware",
    "luoshi.web.shell.actor.ActorMiddleware",
    "luoshi.web.shell.errors.ErrorsMiddleware",
    "luoshi.web.shell.readonly.ReadOnlyMiddleware",
]

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

AUTH_USER_MODEL = "access.Account"
LOGIN_URL = "signin"
CSRF_FAILURE_VIEW = "luoshi.web.shell.errors.form_expired"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "signin"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "luoshi.conf.passwords.ClassesValidator", "OPTIONS": {"least": 3}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.https
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if ENV.https else 0
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# Served from the apps' own folders: nothing to collect, one step less to forget after an update.
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

LOGGING = logging_settings(ENV.log_level)
