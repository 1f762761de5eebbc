"""The recorded server was behind TLS; whoever asks for its name by plain HTTP gets its answers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

RECORDED_HOST = "id.harbor.example"


class RecordedHostMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("Host", "").partition(":")[0] == RECORDED_HOST:
            request.environ["wsgi.url_scheme"] = "https"
        return self.get_response(request)
