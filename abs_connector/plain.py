"""Which characters have no business in a text, wherever it comes from."""

import re

#: control characters that no text needs, and those that turn the reading direction
#: around (of a name ``abc<RLO>gpj.exe`` people read ``abcexe.jpg``)
CONTROL = (
    r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069"
)
#: what ends a line or a column
BREAKS = r"\t\n\r\u2028\u2029"

_ANYWHERE = re.compile(f"[{CONTROL}]")
_ONE_LINE = re.compile(f"[{CONTROL}{BREAKS}]")


def has_control(text, one_line=False):
    """Tell whether a text has a control character, or a line break where it may not."""
    return bool((_ONE_LINE if one_line else _ANYWHERE).search(text))
