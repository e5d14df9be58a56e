"""Complete PDFs with a wkhtmltopdf whose Qt is not patched, as Debian packages it.

That one prints neither page headers nor page footers, so that an invoice would not name
the company that sends it; and it takes one document at a time. Here the company's header
and footer become part of the document: once, at its beginning and its end. A patched
wkhtmltopdf (Odoo's container image has one) repeats them on each page, as Odoo means it.
"""

import functools
import logging
import subprocess

import lxml.html
from odoo import models
from odoo.tools import find_in_path
from odoo.tools.pdf import merge_pdf

_logger = logging.getLogger(__name__)
#: mm of white above the document; the paper format leaves more, for the header
TOP_MARGIN = "10"
BY_CLASS = "//div[contains(concat(' ', normalize-space(@class), ' '), ' {} ')]"
#: what only a repeated footer can tell: the number of the page and of all pages
PAGE_NUMBERS = ".//*[contains(concat(' ', @class, ' '), ' page ')]/.."


@functools.cache
def is_patched():
    """Tell whether wkhtmltopdf prints headers; a missing one is for Odoo to report."""
    try:
        command = [find_in_path("wkhtmltopdf"), "--version"]
        version = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return True
    patched = "with patched qt" in version.stdout
    if not patched:
        _logger.info("%s: headers go into the documents", version.stdout.strip())
    return patched


def put_inside(html):
    """Return the report's HTML with each header and footer inside its document.

    :param html: what Odoo renders: per document a ``header``, an ``article`` and a
        ``footer``, in this order; anything else is returned as it is
    """
    parser = lxml.html.HTMLParser(encoding="utf-8")
    root = lxml.html.fromstring(html, parser=parser)
    headers, articles, footers = (
        root.xpath(BY_CLASS.format(name)) for name in ("header", "article", "footer")
    )
    if not len(headers) == len(articles) == len(footers) != 0:
        return html
    for header, article, footer in zip(headers, articles, footers, strict=True):
        for node, name in ((header, "header"), (footer, "footer")):
            node.getparent().remove(node)
            node.tail = None
            node.classes.discard(name)
        for numbers in footer.xpath(PAGE_NUMBERS):
            if numbers is not footer:
                numbers.drop_tree()
        article.insert(0, header)
        article.append(footer)
    if "data-report-margin-top" not in root.attrib:
        root.set("data-report-margin-top", TOP_MARGIN)
    return lxml.html.tostring(root, encoding="utf-8")


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _prepare_html(self, html, report_model=False):
        if not is_patched():
            html = put_inside(html)
        return super()._prepare_html(html, report_model=report_model)

    def _run_wkhtmltopdf(self, bodies, *args, **options):
        if len(bodies) < 2 or is_patched():
            return super()._run_wkhtmltopdf(bodies, *args, **options)
        run = super()._run_wkhtmltopdf
        return merge_pdf([run([body], *args, **options) for body in bodies])
