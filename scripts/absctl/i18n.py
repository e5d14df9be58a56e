"""``abs i18n``: bring the translation files up to the source's texts."""

import os

from absctl.console import say
from absctl.paths import ADDON
from absctl.stack import drop_database, fresh, open_stack

#: Runs inside Odoo, which knows its terms and has polib.
_REFRESH = """
import ast, io, pathlib
import polib
from odoo import release
from odoo.tools.translate import trans_export

folder = pathlib.Path({folder!r})
buffer = io.BytesIO()
source = env if release.version_info[0] >= 19 else env.cr
trans_export(False, ["abs_connector"], buffer, "po", source)
template = polib.pofile(buffer.getvalue().decode(), wrapwidth=88)
missing = {{}}
old = polib.pofile(str(folder / "abs_connector.pot"))
template.header, template.metadata = old.header, old.metadata
# On Python before 3.12 the export misses calls with f-strings among their arguments.
written = {{
    node.value
    for path in folder.parent.rglob("*.py")
    for node in ast.walk(ast.parse(path.read_text()))
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
}}
found = {{entry.msgid for entry in template}}
for entry in old:
    if entry.msgid in written - found and "odoo-python" in entry.comment:
        template.append(entry)
template.sort(key=lambda entry: entry.msgid)
for path in sorted(folder.glob("*.po")):
    old = polib.pofile(str(path))
    known = {{entry.msgid: entry.msgstr for entry in old if not entry.fuzzy}}
    new = polib.POFile(wrapwidth=88)
    new.header, new.metadata = old.header, old.metadata
    for entry in template:
        text = known.get(entry.msgid, "")
        if not text:
            missing.setdefault(path.name, []).append(entry.msgid)
        new.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=text,
                occurrences=entry.occurrences,
                comment=entry.comment,
                tcomment=entry.tcomment,
                flags=entry.flags,
            )
        )
    new.save(str(path))
template.save(str(folder / "abs_connector.pot"))
report(missing)
"""


def i18n(*, odoo):
    """Export the terms, keep what is translated; 0 only when nothing is missing."""
    folder = ADDON / "i18n"
    with open_stack(odoo) as stack:
        name = f"abs_i18n_{stack.source.series.partition('.')[0]}_{os.getpid()}"
        try:
            instance = fresh(stack, name)
            missing = instance.run_script(
                _REFRESH.format(folder=str(folder)), "The terms could not be exported"
            )
        finally:
            drop_database(stack, name)
    for file, terms in missing.items():
        say(f"{file}: {len(terms)} terms to be translated")
        for term in terms:
            print(f"  {term!r}")
    return 1 if missing else 0
