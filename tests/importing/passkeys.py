"""The JSON of a passkey as .NET stores it, for rows that tests write."""

from __future__ import annotations

import json


def passkey_json(name: str) -> str:
    return json.dumps(
        {
            "PublicKey": "70756273656372657431",
            "Name": name,
            "CreatedAt": "2025-11-20T10:11:12.1234567+00:00",
            "SignCount": 1,
            "Transports": None,
            "IsUserVerified": True,
            "IsBackupEligible": False,
            "IsBackedUp": False,
            "AttestationObject": "6174746573743432",
            "ClientDataJson": "636c69656e7431",
        }
    )
