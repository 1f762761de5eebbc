"""manage.py inspect_aspnet_identity."""

from __future__ import annotations

import json
import sqlite3
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.databases import fixture_source


def run(*arguments):
    out = StringIO()
    call_command("inspect_aspnet_identity", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.contract
def test_it_prints_text_or_json_or_a_model():
    with fixture_source("sqlite_custom_user") as spec:
        assert "AspNetUserClaims" in run(spec)
        found = json.loads(run(spec, "--format", "json"))
        assert found["generation"] == "core_v1"
        assert {"logical": "users", "table": "AspNetUsers", "rows": 115} in found["tables"]
        model = run(spec, "--emit-model")
        assert model.startswith('"""The user model')
        compile(model, "models.py", "exec")


@pytest.mark.contract
def test_a_folder_of_files_is_inspected_as_a_database_is():
    with fixture_source("exports_v3_string/csv_excel") as spec:
        found = json.loads(run(spec, "--format", "json"))
    assert found["second_factors"]["passkeys"] == 6


def test_an_error_has_its_code_and_the_exit_code_2(tmp_path):
    with pytest.raises(CommandError, match=r"^\[source_not_found\] ") as caught:
        run(str(tmp_path / "nowhere"))
    assert caught.value.returncode == 2


def test_a_password_in_a_url_is_not_printed():
    with pytest.raises(CommandError) as caught:
        run("oracle://ann:s3cret@host/db")
    assert "s3cret" not in str(caught.value)


def test_a_table_can_be_named_by_hand(tmp_path):
    path = tmp_path / "two.db"
    connection = sqlite3.connect(path)
    for name in ("people", "members"):
        connection.execute(
            f"CREATE TABLE {name} (Id TEXT, UserName TEXT, PasswordHash TEXT, SecurityStamp TEXT)"
        )
    connection.close()
    with pytest.raises(CommandError, match="source_ambiguous"):
        run(str(path))
    found = json.loads(run(str(path), "--table", "users=people", "--format", "json"))
    assert found["tables"][0]["table"] == "people"
    with pytest.raises(CommandError, match="NAME=TABLE"):
        run(str(path), "--table", "people")
