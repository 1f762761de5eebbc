"""Who looks at a page: with which window, by which means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    width: int
    height: int
    language: str = "en"
    javascript: bool = True
    keyboard: bool = False
    """Tab, Enter and Space only, with the focus seen wherever it goes."""


#: Every journey is made in each of them. Light and dark are looked at in turn at every step.
LOOKS = {
    # German words are the longer ones, and this is where they have the least room.
    "phone": Look(width=360, height=740, language="de"),
    "desktop": Look(width=1280, height=900),
    # axe needs scripts, so it does not run in this one.
    "keyboard-no-scripts": Look(width=1280, height=900, javascript=False, keyboard=True),
}
#: For what cannot do without a script: passkeys.
KEYBOARD_WITH_SCRIPTS = Look(width=1280, height=900, keyboard=True)

#: A page that fits here can be read at 400 % in a window of 1280 px (WCAG 2.2, 1.4.10).
NARROWEST = 320
