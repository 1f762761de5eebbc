"""GET /connect/checksession: the iframe that tells clients whether the session is the same
(OpenID Connect Session Management 1.0, section 3.3)."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.clickjacking import xframe_options_exempt

from identity_bridge.conf import get_settings

from .http import endpoint

if TYPE_CHECKING:
    from django.http import HttpRequest

_SCRIPT = """
(function (name) {
  "use strict";
  function sessionId() {
    var found = document.cookie.split("; ").filter(function (one) {
      return one.indexOf(name + "=") === 0;
    });
    return found.length ? decodeURIComponent(found[0].slice(name.length + 1)) : "";
  }
  function encoded(bytes) {
    var text = String.fromCharCode.apply(null, new Uint8Array(bytes));
    return btoa(text).replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
  }
  window.addEventListener("message", function (event) {
    if (event.source === window || typeof event.data !== "string") { return; }
    function answer(text) { event.source.postMessage(text, event.origin); }
    var space = event.data.lastIndexOf(" ");
    var state = event.data.slice(space + 1).split(".");
    if (space < 1 || state.length !== 2 || !state[0] || !state[1]) { answer("error"); return; }
    var text = event.data.slice(0, space) + event.origin + sessionId() + state[1];
    crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)).then(function (digest) {
      answer(encoded(digest) === state[0] ? "unchanged" : "changed");
    }, function () { answer("error"); });
  });
})(NAME);
"""


@xframe_options_exempt
@endpoint("check_session", methods=["GET"])
def check_session(request: HttpRequest) -> HttpResponse:
    name = json.dumps(get_settings().OIDC_CHECK_SESSION_COOKIE).replace("<", "\\u003c")
    script = _SCRIPT.replace("NAME", name)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    page = (
        '<!doctype html>\n<html><head><meta charset="utf-8"><title>Session</title></head>'
        f"<body><script>{script}</script></body></html>"
    )
    return HttpResponse(
        page,
        content_type="text/html; charset=UTF-8",
        headers={
            "Content-Security-Policy": f"default-src 'none'; script-src 'sha256-{digest}'",
            "Cache-Control": "public, max-age=3600",
        },
    )
