"""Which characters have no business in a text, wherever it comes from."""

import re

#: control characters that no text needs, and those that turn the reading direction
#: around (of a name ``abc<RLO>gpj.exe`` people read ``abcexe.jpg``)
CONTROL = (
    r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069"
)
#: what ends a line or a column
BREAKS = r"\t\n\r\u2028\u2029"
#: besides these, what nobody sees: odd spaces, marks of direction, tags. A list
#: and not ``str.isprintable``, so that the OpenAPI document can say the same; above
#: U+FFFF as they are, since patterns write those in no common way
HIDDEN = (
    r"\u00a0\u00ad\u0600-\u0605\u061c\u06dd\u070f\u1680\u180e\u2000-\u200f"
    r"\u202f\u205f-\u206f\u3000\ue000-\uf8ff\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e01ef"
)

_ANYWHERE = re.compile(f"[{CONTROL}]")
_ONE_LINE = re.compile(f"[{CONTROL}{BREAKS}]")
_UNSEEN = re.compile(f"[{CONTROL}{BREAKS}{HIDDEN}\ud800-\udfff]")


def has_control(text: str, one_line: bool = False) -> bool:
    """Tell whether a text has a control character, or a line break where it may not."""
    return bool((_ONE_LINE if one_line else _ANYWHERE).search(text))


def has_odd_slashes(text: str) -> bool:
    """Tell whether an address would lose a part of a text: the empty and dotted ones."""
    return bool(text) and any(part in ("", ".", "..") for part in text.split("/"))


def is_mark(text: str) -> bool:
    """Tell whether a text can stand in the path of an address, and be read there."""
    return not _UNSEEN.search(text)
