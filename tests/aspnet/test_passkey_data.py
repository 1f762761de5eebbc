from __future__ import annotations

import base64
import contextlib
import dataclasses
import json
import re
import sqlite3
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_bridge.aspnet import passkey_cbor
from identity_bridge.aspnet.errors import PasskeyDataError
from identity_bridge.aspnet.passkey_data import MAX_CHARACTERS, PasskeyData, parse, to_json
from tests.fixtures_data import FIXTURES_DIR, fixture_path, load_json, records

ALGORITHMS = {"ES256": -7, "ES384": -35, "RS256": -257}
DIALECTS = ("sqlite", "postgresql", "mysql", "mssql")
SAMPLE = PasskeyData(
    public_key=b"\xa1\x03\x26",
    name="L",
    created_at="2025-11-20T10:11:12.1234560+00:00".replace("0+", "+"),
    sign_count=7,
    transports=("usb",),
    is_user_verified=True,
    is_backup_eligible=False,
    is_backed_up=False,
    attestation_object=b"\xa0\xff\xfe",
    client_data_json=b"{}",
)


def _passkeys():
    if not (FIXTURES_DIR / "vectors/passkeys.json").exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="vectors/passkeys.json is absent"))]
    return [
        pytest.param(passkey, id=passkey["key"])
        for passkey in load_json("vectors/passkeys.json")["passkeys"]
    ]


def _unbase64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _assert_is(data: PasskeyData, stored: dict) -> None:
    assert data.public_key == _unbase64url(stored["public_key_cose"])
    assert data.attestation_object == _unbase64url(stored["attestation_object"])
    assert data.client_data_json == _unbase64url(stored["client_data_json"])
    assert data.name == stored["name"]
    assert data.sign_count == stored["sign_count"]
    transports = stored["transports"]
    assert data.transports == (None if transports is None else tuple(transports))
    assert data.is_user_verified == stored["is_user_verified"]
    assert data.is_backup_eligible == stored["is_backup_eligible"]
    assert data.is_backed_up == stored["is_backed_up"]


@pytest.mark.contract
@pytest.mark.parametrize("passkey", _passkeys())
def test_the_text_of_system_text_json_is_read(passkey):
    data = parse(passkey["data_json_stj"])
    _assert_is(data, passkey["stored"])
    assert data.cose_algorithm == passkey["cose_algorithm"]
    assert data.aaguid is not None
    # The same members in the order and with the spacing of EF Core.
    members = json.loads(passkey["data_json_stj"])
    sorted_members = {name: members[name] for name in sorted(members)}
    expected = json.dumps(sorted_members, separators=(",", ":"), ensure_ascii=True)
    assert to_json(data, dialect="mssql") == expected


def _postgresql_rows():
    rows = records("vectors/passkey_rows_postgresql.jsonl")
    return [pytest.param(row, id=row["key"]) if isinstance(row, dict) else row for row in rows]


@pytest.mark.contract
@pytest.mark.parametrize("row", _postgresql_rows())
def test_the_rows_of_postgresql_are_read_as_text_and_as_mapping(row):
    stored = {p["key"]: p for p in load_json("vectors/passkeys.json")["passkeys"]}[row["key"]]
    data = parse(row["data_text"])
    _assert_is(data, stored["stored"])
    assert parse(json.loads(row["data_text"])) == data
    # jsonb has its own order; members and values are the same.
    assert json.loads(to_json(data, dialect="postgresql")) == json.loads(row["data_text"])
    from_dotnet = parse(stored["data_json_stj"])
    assert json.loads(to_json(from_dotnet, dialect="postgresql")) == json.loads(row["data_text"])


def _sqlite_rows(name):
    path = fixture_path(f"databases/{name}/app.db")
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        query = "SELECT lower(hex(CredentialId)), Data FROM AspNetUserPasskeys"
        return dict(connection.execute(query).fetchall())
    finally:
        connection.close()


def _manifest_passkeys(name):
    users = load_json(f"databases/{name}/manifest.json")["users"]
    return {p["credential_id_hex"]: p for user in users for p in user.get("passkeys") or []}


def _assert_is_written(data: PasskeyData, passkey: dict, *, digits: int) -> None:
    assert data.public_key.hex() == passkey["public_key_cose_hex"]
    assert data.attestation_object.hex() == passkey["attestation_object_hex"]
    assert data.client_data_json.decode() == passkey["client_data_json"]
    assert data.name == passkey["name"]
    assert data.sign_count == passkey["sign_count"]
    transports = passkey["transports"]
    assert data.transports == (None if transports is None else tuple(transports))
    assert data.is_user_verified == passkey["is_user_verified"]
    assert data.is_backup_eligible == passkey["is_backup_eligible"]
    assert data.is_backed_up == passkey["is_backed_up"]
    assert data.aaguid is not None
    assert data.aaguid.hex == passkey["aaguid_hex"]
    assert data.cose_algorithm == ALGORITHMS[passkey["algorithm"]]
    written = re.sub(rf"(\.\d{{{digits}}})\d*", r"\1", passkey["created_at_written"])
    assert data.created_at == re.sub(r"\.?0*Z$" if "." in written else "Z$", "+00:00", written)


@pytest.mark.contract
@pytest.mark.parametrize("name", ["sqlite_v3_guid", "sqlite_v3_string"])
def test_the_rows_of_sqlite_are_read_and_written_byte_for_byte(name):
    rows, passkeys = _sqlite_rows(name), _manifest_passkeys(name)
    assert rows.keys() == passkeys.keys()
    for credential_id, text in rows.items():
        data = parse(text)
        _assert_is_written(data, passkeys[credential_id], digits=7)
        assert to_json(data, dialect="sqlite") == text


@pytest.mark.contract
@pytest.mark.parametrize("name", ["mssql_v3_guid", "mssql_v3_string", "mssql_v3_int"])
def test_the_rows_of_sql_server_are_read_and_written_byte_for_byte(name):
    script = fixture_path(f"databases/{name}/data.sql").read_text(encoding="utf-8-sig")
    insert = r"\[AspNetUserPasskeys\] .*VALUES \(0x([0-9A-F]+), N?'?[^,]*, N'(.*)'\)"
    rows = {key.lower(): text.replace("''", "'") for key, text in re.findall(insert, script)}
    passkeys = _manifest_passkeys(name)
    assert rows.keys() == passkeys.keys()
    for credential_id, text in rows.items():
        data = parse(text)
        # The script was made from microseconds.
        _assert_is_written(data, passkeys[credential_id], digits=6)
        assert to_json(data, dialect="mssql") == text


@pytest.mark.contract
def test_the_rows_of_mysql_are_read_and_written_with_the_same_members():
    dump = fixture_path("databases/mysql_v3_guid/dump.sql").read_text(encoding="utf-8")
    texts = [
        text.replace('\\"', '"').replace("\\\\", "\\")
        for text in re.findall(r"'(\{[^']*PublicKey[^']*\})'", dump)
    ]
    assert len(texts) == len(_manifest_passkeys("mysql_v3_guid"))
    for text in texts:
        assert json.loads(to_json(parse(text), dialect="mysql")) == json.loads(text)


def test_the_date_is_also_a_datetime():
    assert SAMPLE.created == datetime(2025, 11, 20, 10, 11, 12, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("dialect", "created_at"),
    [
        ("sqlite", "2025-11-20 10:11:12.1000007+00:00"),
        ("postgresql", "2025-11-20T10:11:12.1+00:00"),
        ("mysql", "2025-11-20T10:11:12.1000007+00:00"),
        ("mssql", "2025-11-20T10:11:12.1000007+00:00"),
    ],
)
def test_each_database_has_its_own_date(dialect, created_at):
    data = dataclasses.replace(SAMPLE, created_at="2025-11-20T10:11:12.1000007+00:00")
    assert json.loads(to_json(data, dialect=dialect))["CreatedAt"] == created_at


def test_names_are_escaped_as_by_the_default_encoder():
    data = dataclasses.replace(SAMPLE, name="a+b<&>'\"`\\/\t\x7fü\U0001f4bb")
    text = to_json(data, dialect="sqlite")
    escaped = r"a\u002Bb\u003C\u0026\u003E\u0027\u0022\u0060\\/\t\u007F\u00FC\uD83D\uDCBB"
    assert f'"Name":"{escaped}"' in text
    assert parse(text) == data


def test_unknown_members_are_kept_and_sorted_in():
    members = json.loads(to_json(SAMPLE, dialect="mssql"))
    members |= {"Aaguid": "AAAA", "Zone": {"a": [1, None, "ü", 1.5, True]}}
    text = to_json(parse(members), dialect="mssql")
    assert json.loads(text) == members
    assert list(json.loads(text)) == sorted(members)


def test_null_and_empty_transports_are_different():
    for transports in (None, ()):
        data = dataclasses.replace(SAMPLE, transports=transports, name=None)
        text = to_json(data, dialect="sqlite")
        assert f'"Transports":{json.dumps(transports)}' in text
        assert '"Name":null' in text
        assert parse(text) == data


@pytest.mark.parametrize(
    "change",
    [
        {"PublicKey": None},
        {"PublicKey": "not base64!"},
        {"AttestationObject": 1},
        {"CreatedAt": "yesterday"},
        {"CreatedAt": None},
        {"SignCount": -1},
        {"SignCount": 1 << 32},
        {"SignCount": True},
        {"SignCount": 1.0},
        {"IsBackedUp": 1},
        {"Name": 5},
        {"Transports": "usb"},
        {"Transports": [1]},
        {"Deep": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]},
        {"Number": float("inf")},
        {"Bytes": b""},
    ],
)
def test_damaged_members_are_refused(change):
    members = json.loads(to_json(SAMPLE, dialect="mssql")) | change
    with pytest.raises(PasskeyDataError):
        parse(members)


@pytest.mark.parametrize("name", json.loads(to_json(SAMPLE, dialect="mssql")))
def test_only_name_and_transports_may_be_missing(name):
    members = json.loads(to_json(SAMPLE, dialect="mssql"))
    del members[name]
    if name in ("Name", "Transports"):
        parse(members)
    else:
        with pytest.raises(PasskeyDataError):
            parse(members)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        "NaN",
        '{"SignCount": Infinity}',
        "[" * 100000,
        "9" * 5000,
        "x" * (MAX_CHARACTERS + 1),
    ],
)
def test_what_is_no_object_is_refused(text):
    with pytest.raises(PasskeyDataError):
        parse(text)


@given(
    st.builds(
        PasskeyData,
        public_key=st.binary(min_size=1),
        name=st.none() | st.text(st.characters()),
        created_at=st.just("2025-11-20T10:11:12.1234567+00:00"),
        sign_count=st.integers(0, 2**32 - 1),
        transports=st.none() | st.lists(st.text(), max_size=3).map(tuple),
        is_user_verified=st.booleans(),
        is_backup_eligible=st.booleans(),
        is_backed_up=st.booleans(),
        # A real one starts so; its base64 is never hexadecimal.
        attestation_object=st.binary().map(lambda tail: b"\xa3\x63fmt" + tail),
        client_data_json=st.binary().map(lambda tail: b'{"type"' + tail),
    ),
    st.sampled_from(DIALECTS),
)
def test_a_passkey_survives_writing_and_reading(data, dialect):
    created_at = data.created_at.replace("7+", "+") if dialect == "postgresql" else data.created_at
    assert parse(to_json(data, dialect=dialect)) == dataclasses.replace(data, created_at=created_at)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.text(st.characters()) | st.dictionaries(st.sampled_from(["PublicKey", "Name", "X"]), JSON)
)
def test_hostile_input_raises_nothing_but_its_own_error(source):
    with contextlib.suppress(PasskeyDataError):
        parse(source)
    if isinstance(source, dict):
        members = json.loads(to_json(SAMPLE, dialect="mssql")) | source
        with contextlib.suppress(PasskeyDataError):
            to_json(parse(members), dialect="sqlite")


@given(st.binary())
def test_hostile_cbor_raises_nothing(data):
    assert passkey_cbor.cose_algorithm(data) is None or data
    assert passkey_cbor.aaguid(data) is None or data


@pytest.mark.parametrize(
    "data",
    [
        b"\x81" * 100,
        b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xbf\xff",
        b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xa1\x03",
        b"\xa2\x03\x26\x03\x27",
        b"\xc1\x00",
        b"\xfb" + bytes(8),
        b"\xa1\x03\xf5",
    ],
)
def test_damaged_or_hostile_keys_have_no_algorithm(data):
    assert passkey_cbor.cose_algorithm(data) is None


def test_an_attestation_without_attested_data_has_no_aaguid():
    assert passkey_cbor.aaguid(b"\xa1\x68authData\x58\x25" + bytes(37)) is None
    assert passkey_cbor.aaguid(b"\xa1\x68authData\x58\x36" + bytes(54)) is None
