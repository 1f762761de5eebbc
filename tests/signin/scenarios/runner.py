"""Run a scenario on our API and list where it differs from the recording."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from identity_bridge.claims.principal import create_principal
from identity_bridge.exceptions import IdentityBridgeError
from identity_bridge.signin.results import SignInResult
from identity_bridge.users.results import IdentityResult

from . import role_operations, rows, sign_in_operations, user_operations
from .browser import Browser, expected_state
from .comparison import differing_changes, differing_result, differing_stamps
from .passkey_operations import Passkeys


class Runner:
    def __init__(self, scenario: dict[str, Any]) -> None:
        self.scenario = scenario
        self.browser = Browser()
        self.passkeys = Passkeys(self.browser)
        self.kept: dict[str, Any] = {}
        self.saved: dict[str, str] = {}

    def differences(self) -> list[str]:
        rows.load(self.scenario["before"])
        cookies = {"application": False, "two_factor": False, "remembered": False}
        found: list[str] = []
        for number, step in enumerate(self.scenario["steps"]):
            args = self._filled(step["args"])
            before = rows.read()
            with _CountedWrites() as writes:
                result = _answer(lambda step=step, args=args: self._run(step["op"], args))
            after = rows.read()
            cookies = expected_state(cookies, step)
            problems = differing_result(step, result, args, after)
            problems += differing_changes(step, rows.changes(before, after), args)
            problems += differing_stamps(step, before, after)
            if step["op"] != "outside_write":
                problems += writes.unexpected(step["sql"])
            # A look at the browser is a request, which after a leap of time is a step of its own.
            if step["op"] != "advance_clock" and self.browser.state() != cookies:
                problems.append(f"cookies {self.browser.state()}, expected {cookies}")
            found += [f"step {number} {step['op']}: {problem}" for problem in problems]
        return found

    def _filled(self, args: dict[str, Any]) -> dict[str, Any]:
        def fill(value: Any) -> Any:
            if isinstance(value, str) and value.startswith("{saved:"):
                return self.saved[value[7:-1]]
            return value

        return {name: fill(value) for name, value in args.items()}

    def _user(self, args: dict[str, Any]) -> Any:
        if "context" in args:
            return self.kept[args["context"]]
        return get_user_model()._default_manager.find_by_id(args["user_id"])

    def _run(self, op: str, args: dict[str, Any]) -> Any:
        users = get_user_model()._default_manager
        if op in self.passkeys.steps:
            return self.passkeys.steps[op](self._user(args) if "user_id" in args else None, args)
        if op == "create":
            return user_operations.create(args)
        if op == "generate_token":
            token = user_operations.TOKENS[args["kind"]](self._user(args), args)
            self.saved[args["save_as"]] = token
            return None
        if op == "load":
            self.kept[args["context"]] = users.find_by_id(args["user_id"])
            return True
        if op == "keep_principal":
            self.kept[args["as"]] = create_principal(self._user(args))
            return None
        if op == "validate_security_stamp":
            principal = self.kept[args["principal"]]
            user = users.find_by_id(principal.claims[0].value)
            return sign_in_operations.validated(user, principal)
        if op in user_operations.OPERATIONS:
            return user_operations.OPERATIONS[op](self._user(args), args)
        if op in role_operations.OF_USER:
            return role_operations.OF_USER[op](self._user(args), args)
        if op in role_operations.OF_NOBODY:
            return role_operations.OF_NOBODY[op](args)
        if op in sign_in_operations.OF_REQUEST:
            return self.browser.request(lambda r: sign_in_operations.OF_REQUEST[op](r, args))
        if op in sign_in_operations.OF_REQUEST_AND_USER:
            user = self._user(args)
            work = sign_in_operations.OF_REQUEST_AND_USER[op]
            return self.browser.request(lambda r: work(r, user, args))
        return self._around(op, args)

    def _around(self, op: str, args: dict[str, Any]) -> Any:
        users = get_user_model()._default_manager
        if op == "outside_write":
            return user_operations.outside_write(args)
        if op == "wait":
            return time.sleep(args["milliseconds"] / 1000)
        if op == "advance_clock":
            return self.browser.advance(args["seconds"])
        if op == "forget_cookie":
            return self.browser.forget_session()
        if op == "find_by_name":
            return users.find_by_name(args["user_name"])
        if op == "find_by_email":
            return users.find_by_email(args["email"])
        if op == "find_by_id":
            return users.find_by_id(args["id"])
        assert op == "find_by_login", op
        return users.find_by_login(args["provider"], args["provider_key"])


def _answer(work: Any) -> Any:
    try:
        return _plain(work())
    except IdentityBridgeError as error:
        return {"refused": error.code}


def _plain(result: Any) -> Any:
    """Return a result in the shape of the recording."""
    if isinstance(result, IdentityResult):
        errors = [{"code": e.code, "description": e.description} for e in result.errors]
        return {"succeeded": result.succeeded, "errors": errors}
    if isinstance(result, SignInResult):
        names = ("succeeded", "is_locked_out", "is_not_allowed", "requires_two_factor", "text")
        return {name: getattr(result, name) for name in names}
    if isinstance(result, dict) and "errors" in result:
        return result
    if isinstance(result, get_user_model()):
        return {"value": {"user_name": result.username, "known_id": result.pk}}
    return {"value": result}


class _CountedWrites:
    """Counts INSERT, UPDATE and DELETE on AspNet* tables, Django's LastLogin aside."""

    def __enter__(self) -> _CountedWrites:
        self.found: Counter[str] = Counter()
        self._wrapper = connection.execute_wrapper(self._count)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._wrapper.__exit__(*error)

    def _count(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        words = sql.replace("`", '"').split(None, 3)
        is_last_login = words[0] == "UPDATE" and words[3].startswith('"LastLogin" =')
        if words[0] in ("INSERT", "UPDATE", "DELETE") and '"AspNet' in " ".join(words[:3]):
            self.found[words[0].lower()] += not is_last_login
        return execute(sql, params, many, context)

    def unexpected(self, expected: dict[str, int]) -> list[str]:
        return [
            f"{self.found[kind]} {kind} statements, expected none"
            for kind in ("insert", "update", "delete")
            if self.found[kind] and not expected[kind]
        ]
