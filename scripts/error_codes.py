#!/usr/bin/env python3
"""Write ``docs/errors.md`` from ``abs_connector/codes.py``; ``--check`` only compares."""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "errors.md"
HEAD = """# Machine codes

Each refusal carries `code`, and a sentence that says what to do. Printed from
`abs_connector/codes.py` by `scripts/error_codes.py`; … stands for what the sentence fills
in. The OpenAPI document lists the codes of each address.
"""


def load():
    """Return the module ``codes``, which needs nothing of Odoo."""
    path = ROOT / "abs_connector" / "codes.py"
    spec = importlib.util.spec_from_file_location("codes", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page():
    """Return the page's text."""
    codes = load()
    lines = [HEAD]
    for area, heading in codes.AREAS.items():
        lines += [f"## {heading}", "", "| code | status | says |", "|---|---|---|"]
        for word, code in sorted(codes.CODES.items()):
            if area in code.areas:
                statuses = ", ".join(map(str, code.statuses))
                lines.append(f"| `{word}` | {statuses} | {code.meaning} |")
        lines.append("")
    return "\n".join(lines)


def main():
    """Write the page, or check it."""
    text = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text() != text:
            print("docs/errors.md is out of date: run scripts/error_codes.py")
            return 1
        return 0
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
