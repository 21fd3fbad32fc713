"""All settings of all processes, from one file; each may be overridden by the environment variable ORCHESTRA_<NAME>.

Importing this file starts nothing and writes nothing. Without DATABASE_URL the database is the embedded
PostgreSQL under VAR, which starts with the first connection (see orchestra/database).
"""

import os
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured

from orchestra import logs, secrets

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _ours(name: str) -> str:
    return f"ORCHESTRA_{name}"


def _seconds(name: str, default: float) -> float:
    return float(env.float(_ours(name), default=default))


# --- this installation -------------------------------------------------------------------------------------------

VAR = secrets.var_directory()
DEBUG = env.bool(_ours("DEBUG"), default=False)
HOST: str = env.str(_ours("HOST"), default="127.0.0.1")
PORT: int = env.int(_ours("PORT"), default=8000)
ALLOWED_HOSTS = env.list(_ours("ALLOWED_HOSTS"), default=["127.0.0.1", "localhost", "[::1]", HOST])
CSRF_TRUSTED_ORIGINS = env.list(_ours("TRUSTED_ORIGINS"), default=[])
DATABASE_URL: str = env.str("DATABASE_URL", default="")
SIMULATED = env.bool(_ours("SIMULATED"), default=False)  # fake engines only, said on every page: `manage.py simulate`

SECRET_KEY: str = env.str(_ours("SECRET_KEY"), default="") or "".join(
    secrets.read_lines(secrets.secret_key_file(VAR))[:1]
)
VAULT_KEYS: list[str] = env.list(_ours("VAULT_KEYS"), default=[]) or secrets.read_lines(secrets.vault_keys_file(VAR))
if DATABASE_URL and not (SECRET_KEY and VAULT_KEYS):
    raise ImproperlyConfigured(
        "With DATABASE_URL set, ORCHESTRA_SECRET_KEY and ORCHESTRA_VAULT_KEYS must be set too: "
        "all processes on all machines share them. `manage.py` makes them only for the embedded database."
    )

# --- times, limits, shares ---------------------------------------------------------------------------------------

LEASE_TTL_S = _seconds("LEASE_TTL_S", 3.0)
LEASE_RENEW_S = _seconds("LEASE_RENEW_S", 0.5)
LEASE_OBSERVE_S = _seconds("LEASE_OBSERVE_S", 0.25)
HOST_PING_S = _seconds("HOST_PING_S", 1.0)
HOST_PING_TIMEOUT_S = _seconds("HOST_PING_TIMEOUT_S", 2.0)
HOST_SUSPECT_AFTER_S = _seconds("HOST_SUSPECT_AFTER_S", 2.0)
HOST_LOST_AFTER_S = _seconds("HOST_LOST_AFTER_S", 5.0)
ENGINE_DOWN_LOST_AFTER_S = _seconds("ENGINE_DOWN_LOST_AFTER_S", 30.0)
COMPARE_S = _seconds("COMPARE_S", 5.0)
ENGINE_DEADLINE_S = _seconds("ENGINE_DEADLINE_S", 5.0)
ENGINE_POOL: int = env.int(_ours("ENGINE_POOL"), default=8)  # calls in flight per host
ENGINE_STARTS_PER_S = _seconds("ENGINE_STARTS_PER_S", 20.0)  # of one engine; twice as many after a rest
REGISTRY_PULLS: int = env.int(_ours("REGISTRY_PULLS"), default=16)  # at a time from one registry, of one agent
SAMPLE_S = _seconds("SAMPLE_S", 10.0)
SAMPLE_KEEP_H: int = env.int(_ours("SAMPLE_KEEP_H"), default=24)
PLACEMENT_AGED_S = _seconds("PLACEMENT_AGED_S", 600.0)  # who waits for longer has a host kept for it

_first_port, _last_port = (int(part) for part in env.str(_ours("PORT_RANGE"), default="20000-29999").split("-"))
PORT_RANGE = (_first_port, _last_port)
LOCAL_ENGINE_URL: str = (
    env.str(_ours("LOCAL_ENGINE_URL"), default="")
    or env.str("DOCKER_HOST", default="")
    or "unix:///var/run/docker.sock"
)

# --- Django ------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin.apps.SimpleAdminConfig",  # its pages are found by orchestra.urls: daemons need none
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "channels",
    "core.accounts",
    "core.events",
    "hosts",
    "containers",
    "scheduler",
    "orchestra",
]
MIDDLEWARE = [
    "core.api.requestid.RequestId",
    "core.api.headers.SecurityHeaders",
    "core.api.address.CleanAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "orchestra.urls"
ASGI_APPLICATION = "orchestra.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
DATETIME_FORMAT = "Y-m-d\u00a0H:i:s"  # in the admin: sortable, with seconds, on one line
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- database ----------------------------------------------------------------------------------------------------

# A process that is frozen inside a transaction must not block those who take over from it: every
# connection has these limits. In milliseconds, as PostgreSQL wants them.
CONNECTION_LIMITS_MS = {"idle_in_transaction_session_timeout": 2000, "lock_timeout": 2000, "statement_timeout": 15000}


def _database() -> dict[str, Any]:
    found: dict[str, Any] = {"ENGINE": "orchestra.database", "NAME": "orchestra", "VAR": str(VAR)}
    if DATABASE_URL:
        found = env.db_url_config(DATABASE_URL)
        if found["ENGINE"] != "django.db.backends.postgresql":
            raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database: postgres://user:pass@host/name")
    limits = " ".join(f"-c {name}={value}" for name, value in CONNECTION_LIMITS_MS.items())
    pool = {"min_size": 1, "max_size": env.int(_ours("DATABASE_POOL"), default=16), "timeout": 10}
    options = {"options": limits, "pool": pool, "connect_timeout": 5, "application_name": "orchestra"}
    found["OPTIONS"] = {**found.get("OPTIONS", {}), **options}
    return found | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}


DATABASES = {"default": _database()}
# Where LISTEN connections go. Empty: to the default database, by the parameters of its connection. Behind a
# transaction pooler it must name the server itself.
DATABASE_LISTEN_URL: str = env.str("DATABASE_LISTEN_URL", default=env.str(_ours("DATABASE_LISTEN_URL"), default=""))

# --- HTTP --------------------------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = env.bool(_ours("HTTPS"), default=False)  # served through a proxy that ends TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "orchestra_session"
CSRF_COOKIE_NAME = "orchestra_csrf"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

STATIC_URL = "/static/"
CONSOLE_DIST = BASE_DIR / "frontend" / "dist"  # its index.html is the console; whitenoise serves the rest at /
WHITENOISE_ROOT = CONSOLE_DIST if CONSOLE_DIST.is_dir() else None
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/"  # Vite puts a hash of the content into these names
WHITENOISE_USE_FINDERS = True  # the admin's files straight from the packages: no collectstatic step

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "core.accounts.authentication.TokenAuthentication",
        "core.accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "core.api.pages.PageRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.Cursor",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.problems.exception_handler",
    "PAGE_SIZE": 100,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Orchestra",
    "DESCRIPTION": "Runs containers on your own Docker hosts.",
    "VERSION": "v1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "Role": "core.accounts.models.TOKEN_ROLES",
        "MembersRole": "core.accounts.models.MEMBER_ROLES",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "containers.schema.add_spec"],
}
UNFOLD = {
    "SITE_TITLE": "Orchestra",
    "SITE_HEADER": "Orchestra",
    "SHOW_HISTORY": False,
    "LOGIN": {"form": "core.accounts.login_forms.LoginForm"},
}

# --- logs --------------------------------------------------------------------------------------------------------

LOG_LEVEL: str = env.str(_ours("LOG_LEVEL"), default="INFO").upper()
LOGGING = logs.configure(
    level=LOG_LEVEL, as_json=env.bool(_ours("LOG_JSON")) if _ours("LOG_JSON") in os.environ else None
)
