"""The example project: how it is configured, and that the demo works twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "k" * 25 + "abcdefghijklmnopqrstuvwxyz0123456789",
    "ALLOWED_HOSTS": "a.example",
}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name
        not in {
            "SECRET_KEY",
            "DEBUG",
            "ALLOWED_HOSTS",
            "DATABASE_URL",
            "DEMO_PORT",
            "UPSTREAM_PORT",
        }
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=inherited | {"DJANGO_SETTINGS_MODULE": "example_project.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'demo.sqlite3'}"


def test_the_deployment_check_is_silent(database: str) -> None:
    command = ("-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    done = run(*command, DATABASE_URL=database, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert done.stderr == ""


def test_a_secret_key_is_required_without_debug(database: str) -> None:
    done = run("manage.py", "check", DATABASE_URL=database)
    assert done.returncode != 0
    assert "Set SECRET_KEY" in done.stderr


@pytest.mark.slow
def test_the_second_site_takes_the_demo_for_a_client(database: str) -> None:
    ports = {"DEMO_PORT": "8123", "UPSTREAM_PORT": "8124", "SECRET_KEY": "upstream"}
    command = ("-W", "error", "-m", "example_project.upstream", "--no-server")
    made = run(*command, DATABASE_URL=database, **ports)
    assert made.returncode == 0, made.stderr
    script = (
        "import django; django.setup()\n"
        "from django.core.checks import run_checks\n"
        "from identity_bridge.external import registry\n"
        "from identity_bridge.oidc.configuration import store\n"
        "offer, = registry.offers()\n"
        "provider = registry.find(offer.scheme)\n"
        "client = store.find_client(provider.client_id)\n"
        "here = 'http://localhost:8123/account/external/Contoso/callback/'\n"
        "assert list(client.redirect_uris) == [here], client.redirect_uris\n"
        "assert provider.authority == 'http://127.0.0.1:8124'\n"
        "assert not [one for one in run_checks() if 'external' in one.msg.lower()]\n"
    )
    checked = run("-W", "error", "-c", script, DATABASE_URL=database, DEBUG="1", **ports)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.slow
def test_the_demo_imports_once_and_says_who_can_sign_in(database: str) -> None:
    command = ("-W", "error", "-m", "example_project.demo", "--no-server")
    first = run(*command, DATABASE_URL=database, SECRET_KEY="demo", DEMO_PORT="8123")
    assert first.returncode == 0, first.stderr
    assert "http://localhost:8123/" in first.stdout
    for shown in ("hamid.keller", "Amber-Ivory8381!", "elena.eriksen", "RBDV5-Y35KP"):
        assert shown in first.stdout
    second = run(*command, DATABASE_URL=database, SECRET_KEY="demo")
    assert second.returncode == 0, second.stderr
    script = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "from example_project.people import PEOPLE, current_code\n"
        "from identity_bridge.models import ImportRun, User\n"
        "first, second = ImportRun.objects.order_by('pk')\n"
        "assert first.report['tables']['AspNetUsers']['created'] == 119\n"
        "assert second.report['tables']['AspNetUsers']['unchanged'] == 119\n"
        "assert User.objects.count() == 119\n"
        "assert not User.objects.filter(is_staff=True).exists()\n"
        "for person in PEOPLE:\n"
        "    client = Client()\n"
        "    sent = {'username': person.name, 'password': person.password}\n"
        "    answer = client.post('/account/login/', sent)\n"
        "    if person.has_authenticator:\n"
        "        code = {'code': current_code(person.name)}\n"
        "        answer = client.post(answer['Location'], code)\n"
        "    came_in = answer.status_code == 302 and answer['Location'] == '/account/profile/'\n"
        "    assert came_in != ('locked' in person.about), person\n"
        "    assert client.get('/').status_code == 200\n"
        "    staff = client.get('/admin/', follow=True)\n"
        "    assert staff.status_code == (403 if came_in else 200)\n"
        "    assert staff.request['PATH_INFO'] in ('/admin/login/', '/account/login/')\n"
    )
    done = run(
        "-c",
        script,
        DATABASE_URL=database,
        SECRET_KEY="demo",
        DEBUG="1",
        ALLOWED_HOSTS="testserver",
    )
    assert done.returncode == 0, done.stderr


def test_the_way_into_the_admin_stays_on_this_site(database: str) -> None:
    script = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "for target in ('https://evil.example/', '//evil.example', ''):\n"
        "    answer = Client().get('/admin/login/', {'next': target})\n"
        "    assert answer['Location'] == '/account/login/?next=/admin/', answer['Location']\n"
    )
    migrated = {"DATABASE_URL": database, "SECRET_KEY": "demo", "DEBUG": "1"}
    done = run("-c", script, ALLOWED_HOSTS="testserver", **migrated)
    assert done.returncode == 0, done.stderr
