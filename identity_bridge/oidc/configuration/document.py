"""The configuration as one document, for JSON and YAML files: read, checked, written.

Members are named as in ``protocol.configuration``; what is left out has Duende's default. A secret
is given as ``{"plain": "…", "hash": "sha256"}``, which is stored hashed, or as stored:
``{"type": "SharedSecret", "value": "…"}``. A standard identity resource may be its name alone,
and a client may have a ``preset`` (``presets``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from identity_bridge.exceptions import IdentityBridgeError
from identity_bridge.oidc.keys.material import BadKey
from identity_bridge.oidc.protocol import configuration_rules as rules
from identity_bridge.oidc.protocol.configuration import (
    ApiResource,
    ApiScope,
    Claim,
    Client,
    IdentityResource,
    Resources,
    Scope,
    Secret,
    SecretType,
)
from identity_bridge.oidc.protocol.shared_secrets import hash_secret

from . import key_secrets, presets

Value = TypeVar("Value")

PARTS: Mapping[str, type] = {
    "identity_resources": IdentityResource,
    "api_scopes": ApiScope,
    "api_resources": ApiResource,
    "clients": Client,
}


class ConfigurationError(IdentityBridgeError):
    """A configuration file that cannot be loaded; the message names the place and what is wrong."""

    code = "oidc_configuration"


def read_file(path: Path) -> dict[str, list[Any]]:
    """Return the document of a ``.json``, ``.yaml`` or ``.yml`` file, by part.

    :raises ConfigurationError:
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    return parse(_decoded(path, text))


def _decoded(path: Path, text: str) -> Any:
    if path.suffix.lower() in {".yaml", ".yml"}:
        try:
            import yaml
        except ImportError as error:
            raise ConfigurationError(
                "YAML files need PyYAML: pip install 'django-identity-bridge[yaml]'"
            ) from error
        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ConfigurationError(f"{path} is no YAML: {error}") from error
    try:
        return json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"{path} is no JSON: {error}") from error


def parse(document: Any) -> dict[str, list[Any]]:
    """Return the values of each part that the document has; other members are passed over.

    :raises ConfigurationError: an unknown or ill-typed member, a value that could not work
        (``protocol.configuration_rules``), a name that comes twice
    """
    if not isinstance(document, Mapping):
        raise ConfigurationError("The document is no object with members like 'clients'.")
    found: dict[str, list[Any]] = {}
    for part, kind in PARTS.items():
        if part not in document:
            continue
        if not isinstance(document[part], list):
            raise ConfigurationError(f"{part} is no list.")
        values: list[Any] = [
            _value(kind, _full(kind, one, f"{part}[{number}]"), f"{part}[{number}]")
            for number, one in enumerate(document[part])
        ]
        for number, value in enumerate(values):
            _check(value, f"{part}[{number}]")
        names = [_name(value) for value in values]
        if doubles := sorted({name for name in names if names.count(name) > 1}):
            raise ConfigurationError(f"{part} has {', '.join(doubles)} more than once.")
        found[part] = values
    _check_meanings(found)
    return found


def _full(kind: type, given: Any, place: str) -> Any:
    """Return what was given, with the members that a preset stands for."""
    try:
        if kind is IdentityResource and isinstance(given, str):
            return presets.identity_resource(given)
        if kind is Client and isinstance(given, Mapping) and "preset" in given:
            return presets.client(given)
    except presets.UnknownPreset as error:
        member = ".preset" if kind is Client else ""
        raise ConfigurationError(f"{place}{member} has {error}.") from None
    return given


def _check(value: Any, place: str) -> None:
    """Hold one client, scope or API to the rules that the admin has too."""
    members = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Client):
        problems = rules.of_client(members)
    elif isinstance(value, Scope):
        problems = rules.of_scope(members)
    else:
        problems = rules.of_api_resource(members)
    for problem in problems:
        raise ConfigurationError(f"{place}.{problem.member} has {problem}")


def _check_meanings(found: Mapping[str, list[Any]]) -> None:
    names = [_name(one) for one in found.get("identity_resources", ())]
    for number, scope in enumerate(found.get("api_scopes", ())):
        if rules.with_two_meanings(names, [scope.name]):
            raise ConfigurationError(
                f"api_scopes[{number}].name has {scope.name!r}: expected another name than "
                f"identity_resources[{names.index(scope.name)}] has."
            )


def _name(value: Any) -> str:
    return str(value.client_id if isinstance(value, Client) else value.name)


def _value(kind: type[Value], given: Any, place: str) -> Value:
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"{place} is no object.")
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(given) - set(known)):
        raise ConfigurationError(
            f"{place} has no member {', '.join(map(str, unknown))}. "
            f"Known: {', '.join(sorted(known))}."
        )
    hints = get_type_hints(kind)
    values = {
        name: _member(hints[name], value, f"{place}.{name}")
        for name, value in given.items()
        if value is not None or type(None) in get_args(hints[name])
    }
    required = {
        name
        for name, field in known.items()
        if field.default is MISSING and field.default_factory is MISSING
    }
    if missing := sorted(required - set(values)):
        raise ConfigurationError(f"{place} has no {', '.join(missing)}.")
    return kind(**values)


def _member(hint: Any, given: Any, place: str) -> Any:
    origin, members = get_origin(hint), get_args(hint)
    if origin in {tuple, frozenset}:
        if not isinstance(given, list):
            raise ConfigurationError(f"{place} is no list.")
        items = [_member(members[0], one, f"{place}[{n}]") for n, one in enumerate(given)]
        for item in items:
            # Stored between spaces, or sent so by clients.
            if (
                isinstance(item, str)
                and any(map(str.isspace, item))
                and not _may_have_spaces(place)
            ):
                raise ConfigurationError(f"{place} has {item!r}, with a space.")
        return origin(items)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(given, Mapping):
            raise ConfigurationError(f"{place} is no object.")
        return _texts(given, place)
    if type(None) in members:
        if given is None:
            return None
        return _member(next(one for one in members if one is not type(None)), given, place)
    if hint is Secret:
        return _secret(given, place)
    if hint is Claim:
        return _value(Claim, given, place)
    if hint is datetime:
        return _moment(given, place)
    if hint is str and isinstance(given, str):
        return _text(given, place)
    if hint is bool and isinstance(given, bool):
        return given
    if hint is int and isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return given
    expected = {str: "a text", bool: "true or false", int: "a number from 0 up"}[hint]
    raise ConfigurationError(f"{place} is {type(given).__name__}, not {expected}.")


def _text(given: str, place: str) -> str:
    if "\x00" in given:  # no text of PostgreSQL can hold it
        raise ConfigurationError(f"{place} has a NUL character: expected a text without.")
    return given


def _texts(given: Mapping[Any, Any], place: str) -> dict[str, str]:
    for name, value in given.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise ConfigurationError(f"{place} has {name!r}: {value!r}, not a text for a text.")
        _text(name + value, place)
    return dict(given)


def _may_have_spaces(place: str) -> bool:
    return place.endswith((".user_claims", ".identity_provider_restrictions"))


def _secret(given: Any, place: str) -> Secret:
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"{place} is no object.")
    rest = {key: value for key, value in given.items() if key not in {"plain", "hash"}}
    if "plain" in given:
        algorithm = given.get("hash", "sha256")
        if algorithm not in {"sha256", "sha512"} or not isinstance(given["plain"], str):
            raise ConfigurationError(f"{place} has no text to hash with sha256 or sha512.")
        rest["value"] = hash_secret(given["plain"], algorithm)
    secret = _value(Secret, rest, place)
    if secret.type not in set(SecretType):
        raise ConfigurationError(f"{place}.type is none of {', '.join(SecretType)}.")
    try:
        key_secrets.check(secret.type, secret.value)
    except BadKey as error:
        raise ConfigurationError(f"{place}.value: {error}") from None
    return secret


def _moment(given: Any, place: str) -> datetime:
    if isinstance(given, datetime):
        moment = given
    else:
        try:
            moment = datetime.fromisoformat(given)
        except (TypeError, ValueError):
            raise ConfigurationError(f"{place} is no time like 2030-01-31T00:00:00Z.") from None
    if moment.tzinfo is None:
        raise ConfigurationError(f"{place} has no time zone, like the Z in 2030-01-31T00:00:00Z.")
    return moment


def dump(*, clients: list[Client], resources: Resources) -> dict[str, list[dict[str, Any]]]:
    """Return the document of a configuration; members with their default are left out."""
    parts: dict[str, list[Any]] = {
        "identity_resources": list(resources.identity_resources.values()),
        "api_scopes": list(resources.api_scopes.values()),
        "api_resources": list(resources.api_resources.values()),
        "clients": clients,
    }
    return {part: [_plain(value) for value in values] for part, values in parts.items()}


def _plain(value: Any) -> dict[str, Any]:
    shown = {}
    for field in fields(value):
        found = getattr(value, field.name)
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if found != default:
            shown[field.name] = _json(found)
    return shown


def _json(found: Any) -> Any:
    if isinstance(found, frozenset):
        return sorted(found)
    if isinstance(found, tuple):
        return [_json(one) for one in found]
    if isinstance(found, Secret | Claim):
        return _plain(found)
    if isinstance(found, datetime):
        return found.isoformat().replace("+00:00", "Z")
    return found
