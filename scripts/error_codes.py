#!/usr/bin/env python3
"""Write ``docs/errors.md``: every machine code of the API, its status and its sentence.

The codes are read from the source, where each refusal names its own. ``--check`` only
tells whether the page is up to date (exit status 1 when it is not).
"""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ADDON = ROOT / "abs_connector"
PAGE = ROOT / "docs" / "errors.md"

#: Roots of the refusals (``abs_connector/exceptions.py``): class -> (status, code).
RAISED = {
    "BusinessError": (400, "invalid"),
    "Forbidden": (403, "role_required"),
    "NotFound": (404, "not_found"),
    "Conflict": (409, "conflict"),
    "TooManyRequests": (429, "too_many_requests"),
}
#: What can't be read: the kernel's own table (``api/errors.py``), codes that are put
#: together from words, sentences that are.
OTHERS = {
    "The API": [
        ("405", "method_not_allowed", "This address does not take this method."),
        ("409", "conflict", "The same thing exists already."),
        ("409", "try_again", "Somebody else is working on the same record."),
        ("413", "too_large", "The request is too large."),
        ("500", "server_error", "Our fault; nothing was changed."),
        ("503", "unavailable", "The database is away. Try again after `Retry-After`."),
    ],
    "Invoices, payments, mobile money": [
        ("400", "nothing_to_invoice", "Nothing of the order is to be invoiced."),
    ],
    "Stock": [
        ("409", "delivery_done, receipt_done, return_done, transfer_done", "Done."),
        (
            "400",
            "delivery_cancelled, receipt_cancelled, return_cancelled, "
            "transfer_cancelled",
            "Cancelled.",
        ),
    ],
    "Subscriptions": [
        ("409", "already_active, already_paused", "It is in that state."),
        ("400", "transfer_early", "The contract is not in its last month."),
        ("400", "periods_unpaid", "Periods of the contract are not paid."),
    ],
    "Catalogue": [
        ("400", "pu_rule", "The PU fields do not fit each other."),
        ("409", "property_exists, option_exists", "The package has it already."),
    ],
}
AREAS = {
    "api": "The API",
    "platform": "The API",
    "governance": "Governance",
    "catalogue": "Catalogue",
    "stock": "Stock",
    "sales": "Orders",
    "accounting": "Invoices, payments, mobile money",
    "mobile_money": "Invoices, payments, mobile money",
    "assets": "Assets, swaps, repairs",
    "subscriptions": "Subscriptions",
    "tickets": "Tickets",
    "wizards": "Orders",
}


def trees():
    """Yield ``(path inside the addon, syntax tree)`` of each file but the tests."""
    for path in sorted(ADDON.rglob("*.py")):
        inside = path.relative_to(ADDON)
        if inside.parts[0] not in ("tests", "migrations"):
            yield inside, ast.parse(path.read_text())


def refusals(sources):
    """Return ``{class: (status, code)}`` of all refusals, own classes included."""
    known = dict(RAISED)
    for _inside, tree in sources:
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef):
                continue
            base = next((b for b in map(ast.unparse, node.bases) if b in known), None)
            if base:
                own = {
                    ast.unparse(line.targets[0]): line.value.value
                    for line in node.body
                    if isinstance(line, ast.Assign)
                    and isinstance(line.value, ast.Constant)
                }
                status, code = known[base]
                known[node.name] = (own.get("status", status), own.get("code", code))
    return known


def sentence(call):
    """Return the translatable sentence of a refusal, with … for what it fills in."""
    for node in ast.walk(call):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).rpartition(".")[2] == "_"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            return re.sub(r"%(\(\w+\))?[sdg]", "…", node.args[0].value)
    return ""


def literals(node):
    """Yield the texts of an expression; none for one that is put together."""
    if isinstance(node, ast.JoinedStr):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from literals(child)


def found():
    """Return ``{area: {code: (statuses, sentence)}}``."""
    sources = list(trees())
    known = refusals(sources)
    areas = {}
    for inside, tree in sources:
        part = inside.parts[1] if inside.parts[0] == "models" else inside.parts[0]
        area = areas.setdefault(AREAS.get(part, "The API"), {})
        for node in ast.walk(tree):
            name = isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1]
            if name not in known:
                continue
            status, default = known[name]
            given = [word.value for word in node.keywords if word.arg == "code"]
            for code in literals(given[0]) if given else [default]:
                statuses, text = area.get(code, (set(), ""))
                area[code] = (statuses | {status}, text or sentence(node))
    return areas


def page():
    """Return the page's text."""
    lines = [
        "# Machine codes",
        "",
        "Each refusal carries `code`, and a sentence that says what to do. Written by",
        "`scripts/error_codes.py` from the source; … stands for what the sentence fills in.",
    ]
    areas = found()
    for area in dict.fromkeys(AREAS.values()):
        rows = {
            code: (", ".join(map(str, sorted(statuses))), text)
            for code, (statuses, text) in areas.get(area, {}).items()
        }
        for status, code, text in OTHERS.get(area, []):
            rows[code] = (status, text)
        lines += ["", f"## {area}", "", "| code | status | says |", "|---|---|---|"]
        for code, (status, text) in sorted(rows.items()):
            names = ", ".join(f"`{name}`" for name in code.split(", "))
            text = " ".join(text.split()).replace("|", "\\|")
            lines.append(f"| {names} | {status} | {text} |")
    return "\n".join(lines) + "\n"


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
