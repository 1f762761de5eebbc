"""The configuration as one document, for JSON and YAML files: read, checked, written.

Members are named as in ``protocol.configuration``; what is left out has Duende's default. A secret
is given as ``{"plain": "…", "hash": "sha256"}``, which is stored hashed, or as stored:
``{"type": "SharedSecret", "value": "…"}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from identity_bridge.exceptions import IdentityBridgeError
from identity_bridge.oidc.protocol.configuration import (
    WEB_ADDRESSES,
    ApiResource,
    ApiScope,
    Claim,
    Client,
    IdentityResource,
    Resources,
    Secret,
    SecretType,
)
from identity_bridge.oidc.protocol.redirect_uris import is_absolute, is_web_address
from identity_bridge.oidc.protocol.shared_secrets import hash_secret

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

    :raises ConfigurationError: an unknown or ill-typed member, a name that comes twice
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
            _value(kind, one, f"{part}[{number}]") for number, one in enumerate(document[part])
        ]
        for number, value in enumerate(values):
            if isinstance(value, Client):
                _check_addresses(value, f"{part}[{number}]")
        names = [_name(value) for value in values]
        if doubles := sorted({name for name in names if names.count(name) > 1}):
            raise ConfigurationError(f"{part} has {', '.join(doubles)} more than once.")
        found[part] = values
    return found


def _check_addresses(client: Client, place: str) -> None:
    """Refuse what a browser could be made to run, or could not be sent to."""
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        for uri in getattr(client, name):
            if not is_absolute(uri):
                raise ConfigurationError(f"{place}.{name} has {uri!r}, which is no absolute URI.")
    for name in WEB_ADDRESSES:
        address = getattr(client, name)
        if address and not is_web_address(address):
            raise ConfigurationError(f"{place}.{name} is {address!r}, not an http(s) address.")


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
        return dict(given)
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
        return given
    if hint is bool and isinstance(given, bool):
        return given
    if hint is int and isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return given
    expected = {str: "a text", bool: "true or false", int: "a number from 0 up"}[hint]
    raise ConfigurationError(f"{place} is {type(given).__name__}, not {expected}.")


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
