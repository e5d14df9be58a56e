"""What people write comes out of spreadsheets as text, never as a formula.

A customer named ``=HYPERLINK(...)`` would else be run by the spreadsheet of whoever
exports the list. Odoo's workbooks take a leading ``=`` for a formula (list, pivot and
price list alike), its CSV files escape ``= + -`` in lists and nothing in price lists.
"""

from odoo.addons.product.controllers.pricelist_report import (
    ProductPricelistExportController,
)
from odoo.addons.web.controllers.export import CSVExport

try:
    import xlsxwriter
except ImportError:  # Odoo offers no such export then
    xlsxwriter = None

#: what spreadsheets take for the beginning of a formula, also in wide characters
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
ODOOS = ("=", "+", "-")

if xlsxwriter:

    class TextWorkbook(xlsxwriter.Workbook):
        """A workbook whose cells hold the texts that they are given.

        In the library's place, as Odoo's own patch of it: every export makes its
        workbook by that name, most of them inside a function.
        """

        def __init__(self, filename=None, options=None):
            super().__init__(
                filename, {"strings_to_formulas": False, **(options or {})}
            )

        def add_worksheet(self, *args, **kwargs):
            sheet = super().add_worksheet(*args, **kwargs)
            # the option leaves array formulas: {=1+1}
            sheet.add_write_handler(str, _write_text)
            return sheet

    xlsxwriter.Workbook = TextWorkbook


def _write_text(sheet, row, column, text, cell_format=None):
    if text == "":
        return sheet.write_blank(row, column, text, cell_format)
    return sheet.write_string(row, column, text, cell_format)


def as_text(value, done=()):
    """Return a cell of a CSV file that is no formula.

    :param done: beginnings that are escaped by whoever writes the file
    """
    if isinstance(value, bytes):
        value = value.decode()
    if isinstance(value, str) and value.startswith(FORMULA):
        return value if value.startswith(tuple(done)) else f"'{value}"
    return value


class TextCSVExport(CSVExport):
    def from_data(self, fields, columns_headers, rows):
        return super().from_data(
            fields,
            [as_text(header) for header in columns_headers],
            [[as_text(cell, ODOOS) for cell in row] for row in rows],
        )


class TextPricelistExport(ProductPricelistExportController):
    def _generate_csv(self, pricelist_name, quantities, products, headers):
        return super()._generate_csv(
            pricelist_name,
            quantities,
            [self._named_as_text(product) for product in products],
            headers,
        )

    def _named_as_text(self, product):
        named = {**product, "name": as_text(product["name"])}
        if "variants" in product:
            named["variants"] = [self._named_as_text(v) for v in product["variants"]]
        return named
