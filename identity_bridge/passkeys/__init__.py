"""WebAuthn (W3C, Level 3) as ASP.NET Core Identity 10 speaks it: options, registration, assertion.

Values in, values out: nothing here knows a request, a database or a setting. The library
``webauthn`` and what it needs are imported when a ceremony is verified, not before, so that the
rest works without them.
"""

from __future__ import annotations
