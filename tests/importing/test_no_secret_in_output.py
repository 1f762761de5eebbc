"""Nothing that lets anybody in is printed, reported, stored beside the account, or logged."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from identity_bridge.models import ImportIssue, ImportRun
from tests.fixtures_data import fixture_path, load_json
from tests.importing.passkeys import passkey_json
from tests.importing.small_sources import SmallSource, run_command

pytestmark = pytest.mark.django_db

_MIN_LENGTH = 8


def _secrets_of(name: str) -> set[str]:
    """Return every hash, key, code and token of a fixture database, by its manifest."""
    found: set[str] = set()
    for person in load_json(f"databases/{name}/manifest.json")["users"]:
        found |= {person["password_hash"] or "", person["totp_key"] or ""}
        found |= {person["security_stamp"] or "", person["password"] or ""}
        found.update(person["recovery_codes"] or ())
        found.update(token["value"] or "" for token in person["tokens"])
        for passkey in person.get("passkeys") or ():
            found |= {passkey["private_key_pkcs8_base64"], passkey["public_key_cose_hex"]}
    return {one for one in found if len(one.strip()) >= _MIN_LENGTH}


def _everything_said(
    source: object, report: Path, caplog: pytest.LogCaptureFixture, *, format_: str
) -> str:
    with caplog.at_level(logging.DEBUG):
        outcome = run_command(source, verbosity=3, report=str(report), format=format_)
    rows = [*ImportIssue.objects.values_list(), *ImportRun.objects.values_list()]
    # Statements of the database driver are the project's own choice to log: their values are
    # what the tables hold.
    logs = [one.getMessage() for one in caplog.records if one.name != "django.db.backends"]
    return "\n".join([outcome.out, outcome.err, report.read_text(), repr(rows), *logs])


@pytest.mark.parametrize("name", ["sqlite_v3_string", "sqlite_dirty"])
@pytest.mark.parametrize("format_", ["text", "json"])
def test_no_secret_of_a_fixture_database_is_said(
    name: str, format_: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = _secrets_of(name)
    assert len(secrets) > 50
    path = fixture_path(f"databases/{name}/app.db")
    for _run in range(2):
        said = _everything_said(path, tmp_path / "r.json", caplog, format_=format_)
        leaked = [one for one in secrets if one in said or json.dumps(one)[1:-1] in said]
        assert leaked == []


def test_no_secret_is_said_about_conflicts_and_broken_rows(
    source: SmallSource, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "S3CRET-VALUE"
    source.user("u1", PasswordHash=f"{secret}\0x", SecurityStamp=f"{secret}2\0")
    source.user("u2", "x" * 300, PasswordHash=secret)
    source.user("u3", PasswordHash=f"{secret} {secret}", SecurityStamp=secret)
    source.token("u3", "AuthenticatorKey", f"{secret}!")
    source.token("u3", "RecoveryCodes", f"{secret};;{secret}")
    source.token("absent", "access_token", secret, provider="Google")
    source.insert("AspNetUserPasskeys", CredentialId=b"1" * 16, UserId="u3", Data=f"{{{secret}")
    source.insert(
        "AspNetUserPasskeys",
        CredentialId=b"2" * 16,
        UserId="u3",
        Data=passkey_json(secret).replace("70756273656372657431", secret),
    )
    for format_ in ("text", "json"):
        said = _everything_said(source.path, tmp_path / "r.json", caplog, format_=format_)
        assert secret not in said
    source.change("u3", PasswordHash=f"{secret}\0changed")
    assert secret not in _everything_said(source.path, tmp_path / "r.json", caplog, format_="text")


def test_the_password_of_the_source_is_not_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("psycopg")
    for url in (
        "postgresql://me:S3CRET@127.0.0.1:1/db",
        "postgresql://me:S3C@RET:/x@127.0.0.1:1/db?sslmode=disable&password=S3CRET",
        "S3CRET://me:S3CRET@host/db",
    ):
        with caplog.at_level(logging.DEBUG):
            outcome = run_command(
                url.replace("S3CRET://", "nothing://"), verbosity=3, format="json"
            )
        assert outcome.exit_code == 2
        said = outcome.out + outcome.err + caplog.text
        assert "S3CRET" not in said
        assert "RET:/x" not in said
