"""French is complete: the source, the installed records and the file itself.

When a term is missing here: export the module's terms (``--i18n-export``), bring them
into ``i18n/abs_connector.pot`` and ``i18n/fr.po``, and translate them.
"""

import ast
import functools
import re
from pathlib import Path

import polib
from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader, code_translations

ADDON = Path(__file__).resolve().parents[1]
CATALOGUE = ADDON / "i18n" / "fr.po"
TEMPLATE = ADDON / "i18n" / "abs_connector.pot"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-+ #0]*[\d.]*[sdfgirx%]")
NAMED = re.compile(r"%\((\w+)\)")
#: Tags and entities of views; ``<token>`` in a sentence is a word for the reader.
MARKUP = re.compile(r"</?(?:a|b|br|div|em|i|p|small|span|strong)\b[^>]*>|&\w+;")
REFUSALS = {
    "BusinessError",
    "Conflict",
    "Forbidden",
    "NotFound",
    "RedirectWarning",
    "TooManyRequests",
    "Unauthorized",
    "UnsupportedMediaType",
    "UserError",
    "ValidationError",
}
#: A sign that French sets apart, with no space before it.
SPACED = re.compile(r"[^\s(«][;?!]")


def placeholders(text):
    # "60 % too" has no placeholder: a flag or blank would need a letter right after.
    return sorted(p for p in PLACEHOLDER.findall(text) if " " not in p)


def called(node):
    """Return the bare name of what ``node`` calls: ``_`` for ``self.env._(...)``."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return getattr(node.func, "id", "")


@functools.cache
def calls():
    """Return ``(place, call)`` of every call in the addon, tests left out."""
    found = []
    for path in sorted(ADDON.rglob("*.py")):
        short = path.relative_to(ADDON)
        if "tests" not in short.parts:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    found.append((f"{short}:{node.lineno}", node))
    return found


def sentences():
    """Yield ``(place, call, sentence)`` of each ``_()``; None when it is no constant."""
    for place, node in calls():
        if called(node) in ("_", "_lt") and node.args:
            text = node.args[0]
            constant = isinstance(text, ast.Constant) and isinstance(text.value, str)
            yield place, node, text.value if constant else None


def translations():
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE))}


@tagged("post_install", "-at_install")
class TestFrenchSource(BaseCase):
    """What can be told from the files alone."""

    def test_every_term_is_there_once_and_translated(self):
        for path in (TEMPLATE, CATALOGUE):
            terms = [entry.msgid for entry in polib.pofile(str(path))]
            self.assertEqual(
                sorted({t for t in terms if terms.count(t) > 1}), [], path.name
            )
        french = polib.pofile(str(CATALOGUE))
        self.assertFalse([e.msgid for e in french if not e.msgstr.strip() or e.fuzzy])
        known = {entry.msgid for entry in french}
        template = {entry.msgid for entry in polib.pofile(str(TEMPLATE))}
        self.assertEqual(sorted(template ^ known), [], "both files have the same terms")

    def test_placeholders_and_markup_stay(self):
        for english, french in translations().items():
            with self.subTest(english):
                self.assertEqual(placeholders(french), placeholders(english))
                self.assertEqual(
                    sorted(MARKUP.findall(french)), sorted(MARKUP.findall(english))
                )
                for edge in (str.startswith, str.endswith):
                    self.assertEqual(edge(french, "\n"), edge(english, "\n"))

    def test_one_word_for_one_thing(self):
        """The client's words; French puts a space before these signs."""
        for english, french in translations().items():
            with self.subTest(english):
                self.assertNotIn("Serviced", english)
                if "Service Account" in english:
                    self.assertRegex(french, r"(?i)comptes? de service")
                self.assertNotRegex(MARKUP.sub("", french), SPACED)

    def test_sentences_of_the_code(self):
        known = translations()
        missing, wrong = [], []
        for place, node, text in sentences():
            if text is None:
                wrong.append(f"{place}: translate a constant, fill it in by arguments")
                continue
            if text not in known:
                missing.append(f"{place}: {text}")
            wanted = set(NAMED.findall(text))
            given = {keyword.arg for keyword in node.keywords}
            if None not in given and wanted != given:
                wrong.append(f"{place}: {text!r} is filled in with {sorted(given)}")
            values = len(node.args) - 1
            if not wanted and text.count("%s") != values:
                wrong.append(f"{place}: {text!r} has {values} values")
        self.assertEqual(missing, [])
        self.assertEqual(wrong, [])

    def test_translations_are_called_underscore(self):
        """Under another name (``t = env._``) Odoo's export finds no sentence."""
        found = [
            f"{path.name}: {line.strip()}"
            for path in (ADDON / "models").rglob("*.py")
            for line in path.read_text().splitlines()
            if re.search(r"\benv\._(?![\w(])", line)
            and not re.match(r"\s*_[,\s]", line)
        ]
        self.assertEqual(found, [])

    def test_sentences_of_the_web_client(self):
        known = translations()
        terms = {
            term
            for path in (ADDON / "static" / "src").rglob("*.js")
            for _quote, term in re.findall(r"""\b_t\((["'])(.+?)\1""", path.read_text())
        }
        self.assertTrue(terms)
        self.assertEqual(sorted(terms - set(known)), [])

    def test_no_refusal_in_plain_english(self):
        found = []
        for place, node in calls():
            if called(node) in REFUSALS and node.args:
                first = node.args[0]
                if isinstance(first, (ast.Constant, ast.JoinedStr, ast.BinOp)):
                    found.append(place)
        self.assertEqual(found, [])


@tagged("post_install", "-at_install")
class TestFrenchRecords(TransactionCase):
    """What the database has: fields, selections, views, menus, actions, constraints."""

    #: Fields that Odoo itself puts on every model of a kind, per series.
    NOT_OURS = (
        "__display_name",
        "__activity_",
        "__message_",
        "__rating_",
        "__website_",
    )

    def test_records(self):
        class Records(TranslationModuleReader):
            def _export_translatable_resources(self):
                """The code's sentences are read above, without a walk of all addons."""

        known = translations()
        reader = Records(self.env.cr, modules=["abs_connector"])
        missing = sorted(
            {
                (term, record)
                for _module, _kind, _name, record, term, _value, _comments in reader
                if term.strip() not in known
                and term not in known
                and not any(part in record for part in self.NOT_OURS)
            }
        )
        self.assertEqual(missing, [])

    def test_file_loads(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(
            ["abs_connector"], ["fr_FR"], overwrite=True
        )
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        french = self.env(context={"lang": "fr_FR"})
        model = french["ov.serviced_account"]
        self.assertEqual(french["ir.model"]._get(model._name).name, "Compte de service")
        field = model.fields_get(["state"], ["string", "selection"])["state"]
        self.assertIn("Suspendu", dict(field["selection"]).values())
        self.assertEqual(
            french.ref("abs_connector.menu_abs_root").name, "ABS Connector"
        )
        view = french.ref("abs_connector.bill_again_wizard_form")
        self.assertIn("facture en brouillon", view.arch)
        code = code_translations.get_python_translations("abs_connector", "fr_FR")
        self.assertEqual(code["Please log in."], "Veuillez vous connecter.")
        web = code_translations.get_web_translations("abs_connector", "fr_FR")
        terms = {message["id"]: message["string"] for message in web["messages"]}
        self.assertEqual(terms["Invalid Operation"], "Opération non valide")
