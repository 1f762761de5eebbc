from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from identity_bridge.aspnet.hash_blob import Blob, Prf
from identity_bridge.fields import encoded_from_column
from identity_bridge.passwords.report import describe, describe_all, password_hash_report

V2 = Blob.create("x", version=2).encode()
V3 = Blob.create("x", prf=Prf.SHA256, iterations=10).encode()

KINDS = [
    (V2, "v2", "aspnet_v2", None),
    (V3, "v3_sha256_10", "aspnet_v3", None),
    (None, "none", "none", "no_password"),
    ("", "empty", "unknown", "hash_empty"),
    ("Bw==", "unknown", "unknown", "hash_unknown_format"),
    ("$2a$10$abcdefghijklmnopqrstuu", "bcrypt", "unknown", "hash_not_base64"),
    ("secret|2|abc", "membership_encrypted", "aspnet_membership",
     "password_encrypted_with_machine_key"),
    ("secret|0|abc", "membership_clear", "aspnet_membership", None),
    ("AQAAAAJ/////AAAAEO+ZyjRBjer6TfufvwlWYdCS0OifiqFh1FKpuz3K781a/J4RpJDCNJUpwTK4SnfY7g==",
     "v3_sha512_2147483647", "aspnet_v3", "hash_iterations_over_cap"),
    ("md5$salt$hash", "md5", "django", None),
    ("argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA", "argon2", "django", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "name", "form", "reason"), KINDS, ids=[kind[1] for kind in KINDS]
)
def test_a_stored_password_is_described(
    column: str | None, name: str, form: str, reason: str | None
) -> None:
    kind = describe(encoded_from_column(column))
    assert (kind.name, kind.format, kind.reason) == (name, form, reason)


def test_users_are_counted_by_kind_and_by_reason() -> None:
    columns = [V2, V2, V3, None, "", "Bw=="]
    report = describe_all(encoded_from_column(column) for column in columns)
    assert report.users == 6
    assert report.unusable == {"no_password": 1, "hash_empty": 1, "hash_unknown_format": 1}
    first = report.as_dict()["kinds"][0]
    assert (first["kind"], first["prf"], first["iterations"], first["users"]) == (
        "v2", "SHA1", 1000, 2,
    )  # fmt: skip


@pytest.fixture
def users(db: None) -> None:
    model = get_user_model()
    model._base_manager.bulk_create(
        model(username=f"user{number}", password=encoded_from_column(column))
        for number, column in enumerate([V2, V2, None])
    )


def output(*args: str) -> str:
    out = StringIO()
    call_command("password_hash_report", *args, stdout=out)
    return out.getvalue()


def test_the_command_prints_text(users: None) -> None:
    assert output().splitlines() == [
        "         3  users",
        "         2  v2",
        "         1  none  (unusable: no_password)",
    ]


def test_the_command_prints_json_without_any_hash(users: None) -> None:
    text = output("--format", "json", "--database", "default")
    assert json.loads(text)["users"] == 3
    assert V2 not in text


def test_the_users_are_read_in_one_statement(users: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert password_hash_report().users == 3
