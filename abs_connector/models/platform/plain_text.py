"""What callers write is text; many of Odoo's fields for it are HTML."""

from odoo.tools import plaintext2html


def html_of(text):
    """Return a caller's text for an HTML field; False when there is none.

    Taken as HTML, it could lay words and pictures over a document: Odoo's sanitizing
    keeps styles, and the server fetches pictures when it prints.
    """
    return plaintext2html(text) if text else False
