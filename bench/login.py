"""A whole login against the cost of its hash: milliseconds and SQL statements."""

from __future__ import annotations

import os
import statistics
import time

from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "31"))
PASSWORD = "Fjord-Birch9026!"
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def main() -> None:
    from identity_bridge.models import User
    from identity_bridge.passwords.checking import verify
    from identity_bridge.signin import flow

    call_command("migrate", verbosity=0)
    user = User.objects.create_user("bench", "bench@example.org", PASSWORD)
    encoded = User.objects.get(pk=user.pk).password
    whole, alone, statements = [], [], 0
    for _round in range(ROUNDS):
        request = RequestFactory().post("/account/login/")
        request.session = SessionStore()
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            result = flow.password_sign_in(request=request, username="BENCH", password=PASSWORD)
            request.session.save()
        whole.append(time.perf_counter() - began)
        assert result.succeeded, result
        statements = sum(not q["sql"].startswith(TRANSACTION) for q in queries)
        began = time.perf_counter()
        assert verify(PASSWORD, encoded)
        alone.append(time.perf_counter() - began)
    user.delete()
    rest = statistics.median(one - other for one, other in zip(whole, alone, strict=True))
    print(f"A login at equal hash strength (V3 SHA512/100000, {connection.vendor})")
    both = (f"{statistics.median(one) * 1e3:.1f} ms" for one in (whole, alone))
    times = "whole {}, hash {}".format(*both)
    print(f"  {times}, the rest {rest * 1e3:.1f} ms, {statements} SQL statements")
