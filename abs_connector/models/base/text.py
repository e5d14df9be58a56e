"""What callers write is text; many of Odoo's fields for it are HTML, others are names."""

from odoo import api, models
from odoo.tools import plaintext2html

from ...exceptions import BusinessError
from ...plain import has_control, has_odd_slashes, is_mark


def html_of(text):
    """Return a caller's text for an HTML field; False when there is none.

    Taken as HTML, it could lay words and pictures over a document: Odoo's sanitizing
    keeps styles, and the server fetches pictures when it prints.
    """
    return plaintext2html(text) if text else False


class Base(models.AbstractModel):
    """Names stand in one line, codes in an address: neither hides what it is.

    A serial with a line break prints on two labels and is found by no address; a name
    that turns the reading direction around reads as another one.
    """

    _inherit = "base"

    #: by these a record is looked up: printable characters only
    _abs_marks = ()
    #: these stand in one line: neither breaks nor control characters
    _abs_lines = ()

    @api.model_create_multi
    def create(self, vals_list):
        if self._abs_marks or self._abs_lines:
            for vals in vals_list:
                self._abs_check_plain(vals)
        return super().create(vals_list)

    def write(self, vals):
        if self._abs_marks or self._abs_lines:
            self._abs_check_plain(vals)
        return super().write(vals)

    def _abs_check_plain(self, vals):
        """Refuse values that are no name or no code.

        :raises BusinessError: ``control_characters``, ``odd_slashes``
        """
        for name in (*self._abs_marks, *self._abs_lines):
            text = vals.get(name)
            if not isinstance(text, str):
                continue
            mark = name in self._abs_marks
            if mark and has_odd_slashes(text):
                raise BusinessError(
                    self.env._(
                        "%(field)s: a slash stands between other characters, since "
                        "addresses lose it at the ends and beside another one.",
                        field=self._fields[name]._description_string(self.env),
                    ),
                    code="odd_slashes",
                    details=[{"field": name}],
                )
            if is_mark(text) if mark else not has_control(text, one_line=True):
                continue
            raise BusinessError(
                self.env._(
                    "%(field)s: write it in one line, without control characters.",
                    field=self._fields[name]._description_string(self.env),
                ),
                code="control_characters",
                details=[{"field": name}],
            )
