"""Replays a recorded conversation with Duende IdentityServer at our endpoints and pages."""

from __future__ import annotations

import json
import re
import secrets
import time
from base64 import b64encode
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings as django_settings
from django.shortcuts import resolve_url
from django.test import Client
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from identity_bridge.conf import get_settings
from identity_bridge.oidc.interaction.context import authorization_context
from identity_bridge.oidc.interaction.errors import PARAMETER, shown_error
from identity_bridge.oidc.interaction.logout import LOGOUT_ID, iframe_page_url, logout_context
from identity_bridge.oidc.keys import material
from identity_bridge.oidc.sessions import notifications

from .matching import Difference, Matcher

HOST = "id.harbor.example"
ISSUER = f"https://{HOST}"
FORM = "application/x-www-form-urlencoded"
_SHA256 = re.compile(r"'sha256-[^']+'")


class Runner:
    def __init__(self, trace: dict[str, Any], config: dict[str, Any], received: list[Any]) -> None:
        self.trace, self.config, self.received = trace, config, received
        self.offset = 0
        self.browsers: dict[str, Client] = {}
        self.values: dict[str, str] = {"issuer": ISSUER, "rand": secrets.token_hex(8)}
        self.last: dict[str, Any] = {}
        self.location = self.page = ""
        self.differences: list[Difference] = []
        self.passwords = {user["user_name"]: user["password"] for user in config["users"]}

    def run(self) -> list[Difference]:
        for number, step in enumerate(self.trace["steps"]):
            self.step(step, str(number))
        return self.differences

    def step(self, step: dict[str, Any], place: str) -> None:
        browser = self.browser(step.get("session") or step.get("request", {}).get("session") or "")
        found: dict[str, Any] | None = None
        if "clock" in step:
            self.offset += step["clock"]
        elif "request" in step:
            found = self.answer(browser, self.send(browser, step["request"]))
        elif "login" in step:
            found = self.login(browser, step)
        elif "consent" in step:
            found = self.consent(browser, step["consent"])
        elif "device_page" in step:
            found = self.device_page(browser, step["device_page"])
        elif "confirm_logout" in step:
            found = self.confirm_logout(browser)
        elif "iframe_page" in step:
            found = self.iframe_page(browser)
        elif "backchannel" in step:
            self.backchannel(step, place)
        else:
            raise AssertionError(f"unknown step {step}")
        if found is None:
            return
        self.capture(step.get("capture", {}), found)
        if "response" in step:
            self.compare(step["response"], found, place)

    def browser(self, name: str) -> Client:
        if name not in self.browsers:
            self.browsers[name] = Client(headers={"host": HOST})
        return self.browsers[name]

    # Sending

    def send(self, browser: Client, request: dict[str, Any]) -> Any:
        path = request["path"]
        if "query" in request:
            path += "?" + self.encoded(request["query"])
        headers = {name: self.filled(value) for name, value in request.get("headers", {}).items()}
        if "basic" in request:
            pair = ":".join(self.filled(one) for one in request["basic"])
            headers["authorization"] = "Basic " + b64encode(pair.encode()).decode()
        if "bearer" in request:
            headers["authorization"] = "Bearer " + self.filled(request["bearer"])
        method, body, content_type = request.get("method", "GET"), "", ""
        if "form" in request:
            body, content_type = self.encoded(request["form"]), FORM
        elif "body" in request:
            body, content_type = self.filled(request["body"]), headers.pop("content-type", "")
        extra = {"headers": headers, "secure": True}
        return browser.generic(method, path, body, content_type=content_type, **extra)

    def encoded(self, members: dict[str, Any]) -> str:
        pairs = []
        for name, value in members.items():
            for one in value if isinstance(value, list) else [value]:
                pairs.append((name, self.filled(one)))
        return urlencode(pairs)

    def filled(self, value: Any) -> str:
        if isinstance(value, dict):
            return self.signed(value["$sign"]) if "$sign" in value else "no proof"

        def fill(found: re.Match[str]) -> str:
            name, _bar, how = found[1].partition("|")
            text = self.values[name]
            return text.lower() if how == "lower" else text

        return re.sub(r"\$\{([^}]+)\}", fill, str(value))

    def signed(self, order: dict[str, Any]) -> str:
        claims = {name: self.claim(name, value) for name, value in order["claims"].items()}
        if order["alg"].startswith("HS"):
            key = JWK.generate(kty="oct", size=256)
        elif order["key"] in self.config["keys"]:
            key = JWK(**self.config["keys"][order["key"]])
        else:
            key = material.generate(order["alg"])  # of a stranger
        header = {"alg": order["alg"], "typ": order.get("typ", "JWT")}
        if kid := order.get("kid", key.get("kid")):
            header["kid"] = kid
        token = JWS(json.dumps(claims).encode())
        token.add_signature(key, None, json.dumps(header))
        return str(token.serialize(compact=True))

    def claim(self, name: str, value: Any) -> Any:
        if isinstance(value, str) and (moment := re.fullmatch(r"now([+-]\d+)?", value)):
            return int(time.time()) + self.offset + int(moment[1] or 0)
        if name == "jti" and value == "*":
            return secrets.token_hex(8)
        return self.filled(value) if isinstance(value, str) else value

    # Pages

    def login(self, browser: Client, step: dict[str, Any]) -> dict[str, Any] | None:
        url = resolve_url(django_settings.LOGIN_URL)
        form = {"username": step["login"], "password": self.passwords[step["login"]]}
        if step.get("resume"):
            form["next"] = dict(parse_qsl(urlsplit(self.location).query))["next"]
        if step.get("cancel"):
            form["cancel"] = "1"
        response = browser.post(url, form, secure=True)
        assert response.status_code == 302, f"{step['login']} could not sign in"
        return self.answer(browser, response) if step.get("resume") else None

    def consent(self, browser: Client, given: dict[str, Any]) -> dict[str, Any]:
        url = urlsplit(self.location)
        form = {"next": dict(parse_qsl(url.query))["next"], "scope": given.get("scopes", [])}
        form |= {"remember": "1"} if given.get("remember") else {}
        form |= {"deny": "1"} if given.get("allow") is False else {"allow": "1"}
        return self.answer(browser, browser.post(url.path, form, secure=True))

    def device_page(self, browser: Client, given: dict[str, Any]) -> dict[str, Any]:
        url = resolve_url(get_settings().OIDC_DEVICE_URL)
        code = self.filled(given["user_code"])
        if given.get("method") == "GET":
            response = browser.get(url, {"userCode": code}, secure=True)
            client, scopes = response.context["client"], response.context["scopes"]
            body: dict[str, Any] = {"page": "device", "found": client is not None}
            if client is not None:
                shown = (*scopes.personal, *scopes.access)
                body |= {"client": client.client_id, "scopes": sorted(one.name for one in shown)}
            return {"status": 200, "headers": {}, "body": body}
        form = {"userCode": code, "scope": given.get("scopes", [])}
        form |= {"deny": "1"} if given.get("allow") is False else {"allow": "1"}
        response = browser.post(url, form, secure=True)
        done = "is_allowed" in (response.context or {})
        body = {"is_error": not done, "error": None, "access_denied": False}
        return {"status": 200, "headers": {}, "body": body}

    def confirm_logout(self, browser: Client) -> dict[str, Any]:
        url = urlsplit(self.location)
        message = dict(parse_qsl(url.query)).get(LOGOUT_ID, "")
        context = self.logout_shown(message)
        response = browser.post(url.path, {LOGOUT_ID: message}, secure=True)
        assert response.status_code == 200
        self.page = response.content.decode()
        return {"status": 200, "headers": {}, "body": {"page": "logout", **context}}

    def iframe_page(self, browser: Client) -> dict[str, Any]:
        url = re.search(r'<iframe src="([^"]+)"', self.page)
        assert url is not None, "the logged-out page has no iframe"
        response = browser.get(unescape(url[1]), secure=True)
        frames = re.findall(r'<iframe src="([^"]+)"', response.content.decode())
        found = self.headers_of(response)
        found["iframes"] = [self.split(unescape(frame)) for frame in frames]
        return found

    def split(self, url: str) -> dict[str, Any]:
        uri, _mark, query = url.partition("?")
        return {"uri": uri, "params": dict(parse_qsl(query))}

    def backchannel(self, step: dict[str, Any], place: str) -> None:
        notifications.send_due()
        matcher = Matcher()
        expected = sorted(step["received"], key=lambda one: one["path"])
        found = sorted(self.received, key=lambda one: one["path"])
        for one in expected:
            assert one.pop("logout_token_signature_valid", True) is True
        matcher.compare(expected, found, f"{place}.back_channel")
        self.differences += matcher.differences
        self.received.clear()

    # Answers

    def answer(self, browser: Client, response: Any) -> dict[str, Any]:
        """Return the answer as it is recorded, following our own hops to the callback."""
        location = response.headers.get("Location", "")
        while response.status_code == 302 and self.is_callback(location):
            response = browser.get(self.local(location), secure=True)
            location = response.headers.get("Location", "")
        found = self.headers_of(response)
        content_type = response.headers.get("Content-Type", "")
        text = response.content.decode()
        if response.status_code == 302:
            self.location = location
            found["redirect"] = self.redirect(location)
        elif content_type.startswith("application/json"):
            found["body"] = json.loads(text) if text else None
        elif content_type.startswith("application/token-introspection+jwt"):
            found["jwt"] = text
        elif '<form method="post" action=' in text and "document.forms[0].submit" in text:
            fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text)
            action = re.search(r'action="([^"]*)"', text)
            found["form_post"] = {
                "action": unescape(action[1]) if action else "",
                "fields": {unescape(name): unescape(value) for name, value in fields},
            }
        elif text:
            found["text"] = text
        self.last = found
        return found

    def headers_of(self, response: Any) -> dict[str, Any]:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return {"status": response.status_code, "headers": headers}

    def is_callback(self, location: str) -> bool:
        return urlsplit(self.local(location)).path == "/connect/authorize/callback"

    def local(self, location: str) -> str:
        return location.removeprefix(ISSUER)

    def redirect(self, location: str) -> dict[str, Any]:
        url = urlsplit(self.local(location))
        settings = get_settings()
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        if not url.scheme and url.path == resolve_url(django_settings.LOGIN_URL):
            return {"kind": "login_page", **self.back(query["next"]), **self.login_shown(query)}
        if not url.scheme and url.path == resolve_url(settings.OIDC_CONSENT_URL):
            return {"kind": "consent_page", **self.back(query["next"]), **self.consent_shown(query)}
        if not url.scheme and url.path == resolve_url(settings.OIDC_ERROR_URL):
            shown = shown_error(query[PARAMETER])
            assert shown is not None
            members = {"error": shown.error, "client_id": shown.client_id}
            return {"kind": "error_page", "shown": {k: v for k, v in members.items() if v}}
        if not url.scheme and url.path == resolve_url(settings.OIDC_LOGOUT_URL):
            context = self.logout_shown(query.get(LOGOUT_ID, ""))
            return {"kind": "logout_page", "context": context}
        return self.to_client(location)

    def back(self, target: str) -> dict[str, Any]:
        path, _mark, query = target.partition("?")
        params: dict[str, Any] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            params[name] = [*params[name], value] if name in params else value
        return {"return_to": path, "return_params": params}

    def login_shown(self, query: dict[str, str]) -> dict[str, Any]:
        context = authorization_context(query["next"])
        assert context is not None
        request = context.request
        text = (
            f"client={request.client.client_id} idp={request.idp} tenant={request.tenant} "
            f"acr={' '.join(request.acr_values)} prompt={' '.join(request.prompts)} "
            f"display={request.display} ui={request.ui_locales} "
            f"local={context.allows_local_login}"
        )
        return {"login_context": text}

    def consent_shown(self, query: dict[str, str]) -> dict[str, Any]:
        context = authorization_context(query["next"])
        assert context is not None
        granted = context.request.granted
        asks = {
            "client": context.client.client_id,
            "identity_scopes": [one.name for one in granted.identity_resources],
            "api_scopes": [one for one in granted.scopes if one != "offline_access"],
            "offline_access": granted.offline_access,
        }
        return {"asks": asks}

    def logout_shown(self, message: str) -> dict[str, Any]:
        context = logout_context(message)
        shown: dict[str, Any] = {
            "show_signout_prompt": context.show_signout_prompt,
            "client_id": context.client_id,
            "client_name": context.client_name,
            "post_logout_redirect_uri": context.post_logout_redirect_uri,
            "sign_out_iframe_url": iframe_page_url(context),
            "has_session": bool(context.session_id),
            "has_subject": bool(context.subject),
            "client_ids": list(context.client_ids),
        }
        return {name: value for name, value in shown.items() if value not in ("", [])} | {
            "parameters": {}
        }

    def to_client(self, location: str) -> dict[str, Any]:
        uri, _hash, fragment = location.partition("#")
        if fragment and fragment != "_":
            return {"kind": "client", "uri": uri, "in": "fragment", "params": self.params(fragment)}
        uri, _mark, query = uri.partition("?")
        found = {"kind": "client", "uri": uri, "in": "query", "params": self.params(query)}
        return found | ({"ends_with": "#_"} if fragment == "_" else {})

    def params(self, query: str) -> dict[str, str]:
        return dict(parse_qsl(query, keep_blank_values=True))

    # Comparing

    def capture(self, wanted: dict[str, str], found: dict[str, Any]) -> None:
        for name, source in wanted.items():
            kind, _dot, member = source.partition(".")
            if kind == "params":
                fields = found.get("form_post", {}).get("fields")
                # Neither, where an error stands instead of the answer: the comparison tells.
                fields = fields or found.get("redirect", {}).get("params", {})
                self.values[name] = fields.get(member, "missing")
            elif kind == "body":
                self.values[name] = str((found.get("body") or {}).get(member, "missing"))
            else:
                self.values[name] = found["headers"].get(member, "missing")

    def compare(self, expected: dict[str, Any], found: dict[str, Any], place: str) -> None:
        matcher = Matcher()
        matcher.compare(expected["status"], found["status"], f"{place}.status")
        for name, value in expected.get("headers", {}).items():
            if found["status"] == 200 and "page" in (found.get("body") or ()):
                continue  # headers of the recording host's own pages
            if name == "content-type" and name not in found["headers"]:
                continue
            recorded, ours = (
                _SHA256.sub("'sha256'", one) for one in (value, found["headers"].get(name, ""))
            )
            if name == "cache-control" and "no-store" in recorded and "no-store" in ours:
                continue  # renewing its cookie, ASP.NET writes another one that says the same
            if recorded.lower() != ours.lower():
                matcher.differ(f"{place}.header.{name}", f"recorded {value!r}, found {ours!r}")
        for part in ("redirect", "body", "form_post", "iframes", "jwt", "text"):
            if part in expected or part in found:
                recorded_part, found_part = expected.get(part), found.get(part)
                if part == "redirect":
                    recorded_part, found_part = self.comparable(recorded_part, found_part)
                if part == "text" and recorded_part is None:
                    continue
                matcher.compare(recorded_part, found_part, f"{place}.{part}")
        self.differences += matcher.differences

    def comparable(self, recorded: Any, found: Any) -> tuple[Any, Any]:
        """Leave out ``iss`` where IdentityServer sends none: we send it always (RFC 9207)."""
        if found and recorded and found["kind"] == "client" and "iss" not in recorded["params"]:
            assert found["params"].get("iss") == ISSUER
            params = {name: value for name, value in found["params"].items() if name != "iss"}
            found = found | {"params": params}
        return recorded, found
