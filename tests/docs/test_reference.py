"""The reference names everything there is: options, settings, policies, exit codes."""

from __future__ import annotations

import re
from argparse import Action
from dataclasses import fields
from functools import cache
from inspect import signature

import pytest
from django.core.management.base import BaseCommand, DjangoHelpFormatter
from django.dispatch import Signal

from identity_bridge import signals
from identity_bridge.adapter import IdentityAdapter
from identity_bridge.conf import Settings
from identity_bridge.importing.policies import DEFAULT_POLICIES, POLICIES
from identity_bridge.management.commands import (
    adopt_aspnet_database,
    clear_audit_events,
    import_aspnet_identity,
    inspect_aspnet_identity,
    password_hash_report,
)
from identity_bridge.oidc import signals as oidc_signals

from .pages import DOCS, read

COMMANDS: dict[str, BaseCommand] = {
    module.__name__.rpartition(".")[2]: module.Command()
    for module in (
        adopt_aspnet_database,
        clear_audit_events,
        import_aspnet_identity,
        inspect_aspnet_identity,
        password_hash_report,
    )
}


@cache
def section_of(command: str) -> str:
    """Return what the reference says about a command."""
    page = read(DOCS / "reference" / "commands.md")
    parts = re.split(r"^## ", page, flags=re.MULTILINE)
    return next((part for part in parts if part.startswith(f"{command}\n")), "")


def own_actions(name: str) -> list[Action]:
    """Return what the command adds to the options that Django gives every command."""
    common = BaseCommand().create_parser("manage.py", "common")
    shared = set(DjangoHelpFormatter.show_last)
    for action in common._actions:
        shared |= set(action.option_strings)
    parser = COMMANDS[name].create_parser("manage.py", name)
    return [action for action in parser._actions if not shared & set(action.option_strings)]


ACTIONS = [(name, action) for name in COMMANDS for action in own_actions(name)]


@pytest.mark.parametrize(
    ("command", "action"),
    ACTIONS,
    ids=[f"{name}-{action.dest}" for name, action in ACTIONS],
)
def test_every_option_of_a_command_is_documented(command: str, action: Action) -> None:
    section = section_of(command)
    for option in action.option_strings or ["SOURCE"]:
        assert re.search(rf"^\| `{re.escape(option)}\b", section, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_option_is_documented_that_does_not_exist(command: str) -> None:
    documented = set(re.findall(r"^\| `(--[a-z-]+)", section_of(command), re.MULTILINE))
    existing = {option for action in own_actions(command) for option in action.option_strings}
    assert documented == existing


@pytest.mark.parametrize("reason", DEFAULT_POLICIES)
def test_every_reason_of_conflict_stands_there_with_its_default(reason: str) -> None:
    default = DEFAULT_POLICIES[reason]
    section = section_of("import_aspnet_identity")
    assert re.search(rf"^\| `{reason}` \|[^|]+\| `{default}` \|", section, re.MULTILINE)


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_is_documented(policy: str) -> None:
    assert f"`{policy}`" in section_of("import_aspnet_identity")


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_every_setting_is_documented(name: str) -> None:
    page = DOCS / "reference" / "settings.md"
    assert page.exists()
    assert re.search(rf"\b{name}\b", read(page))


def test_settings_that_the_pages_name_exist() -> None:
    known = {field.name for field in fields(Settings)}
    prefixes = ("PASSWORD_RE", "LOCKOUT_", "SIGN_IN_", "USER_", "RATE_LIMIT_", "IMPORT_")
    named = set()
    for page in DOCS.rglob("*.md"):
        named |= set(re.findall(r"`([A-Z][A-Z_]+)`", read(page)))
    assert {name for name in named if name.startswith(prefixes)} <= known


def test_every_signal_is_documented_and_no_other() -> None:
    documented = re.findall(r"^\| `(\w+)`", read(DOCS / "reference" / "signals.md"), re.MULTILINE)
    modules = (signals, oidc_signals)
    existing = [
        name
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, Signal)
    ]
    assert sorted(documented) == sorted(existing)


def test_every_method_of_the_adapter_is_documented_with_its_arguments() -> None:
    page = read(DOCS / "reference" / "adapter.md").partition("\n## ")[0]
    assert documented_methods(page) == methods_of(IdentityAdapter)
    assert "`can_send_sms`" in page


def documented_methods(text: str) -> dict[str, str]:
    """Return method -> arguments, from a table of the page."""
    return dict(re.findall(r"^\| `(\w+)\(([\w, ]*)\)`", text, re.MULTILINE))


def methods_of(adapter: type) -> dict[str, str]:
    """Return method -> arguments, as the class has them."""
    return {
        name: ", ".join(list(signature(method).parameters)[1:])
        for name, method in vars(adapter).items()
        if callable(method) and not name.startswith("_")
    }
