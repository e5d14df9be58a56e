"""Names come out of spreadsheets as text, whatever they begin with."""

import csv
import io
import json

import openpyxl
from odoo import http
from odoo.tests import tagged

from .common import PASSWORD
from .http_common import AbsHttpCase

NAMES = [
    "=1+1",
    '=HYPERLINK("http://x.test","y")',
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "＝1+1",
    "{=1+1}",
]
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


@tagged("post_install", "-at_install")
class TestSpreadsheets(AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.partner"].create(
            [{"name": name, "ref": "SHEET"} for name in NAMES]
        )
        groups = ("base.group_allow_export", "sales_team.group_sale_manager")
        user = cls.make_user("sheet", *groups)
        user.password = PASSWORD

    def setUp(self):
        super().setUp()
        self.authenticate("sheet", PASSWORD)

    def post(self, path, data):
        token = http.Request.csrf_token(self)
        self.env.flush_all()
        answer = self.url_open(
            path, data={"data": json.dumps(data), "csrf_token": token}
        )
        self.assertEqual(answer.status_code, 200, answer.text[:500])
        return answer

    def export(self, kind, groupby=()):
        return self.post(
            f"/web/export/{kind}",
            {
                "model": "res.partner",
                "fields": [{"name": "name", "label": "=Name", "type": "char"}],
                "ids": self.people.ids,
                "domain": [],
                "groupby": list(groupby),
                "import_compat": False,
                "context": {},
            },
        )

    def cells(self, answer):
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return [
            c for row in book.active.iter_rows() for c in row if c.value is not None
        ]

    def test_workbooks(self):
        for groupby in ((), ("name",)):
            with self.subTest(groupby=groupby):
                cells = self.cells(self.export("xlsx", groupby))
                self.assertEqual({c.data_type for c in cells}, {"s"})
                values = {c.value for c in cells}
                self.assertLessEqual(set(NAMES), values)

    def test_pivots(self):
        data = {
            "title": "=1+1",
            "model": "res.partner",
            "measure_count": 1,
            "origin_count": 1,
            "col_group_headers": [[{"title": "=1+1", "width": 1, "height": 1}]],
            "measure_headers": [{"title": "=1+1", "is_bold": False}],
            "origin_headers": [],
            "rows": [
                {"title": name, "indent": 0, "values": [{"value": name}]}
                for name in NAMES
            ],
        }
        cells = self.cells(self.post("/web/pivot/export_xlsx", data))
        self.assertEqual({c.data_type for c in cells}, {"s"})

    def test_csv(self):
        text = self.export("csv").content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        self.assertEqual(len(rows), len(NAMES) + 1)
        found = {row[0] for row in rows}
        for cell in found:
            self.assertFalse(cell.startswith(FORMULA), cell)
        self.assertIn("'=1+1", found)
        self.assertIn("'@SUM(1)", found)

    def test_price_lists(self):
        self.cable.name = "=1+1"
        pricelist = self.env["product.pricelist"].create(
            {"name": "Sheet", "company_id": self.togo.id}
        )
        data = {
            "pricelist_id": pricelist.id,
            "active_model": "product.template",
            "active_ids": self.cable.product_tmpl_id.ids,
            "quantities": [1],
        }
        self.env.flush_all()
        for kind in ("csv", "xlsx"):
            answer = self.url_open(
                "/product/export/pricelist/",
                data={
                    "report_data": json.dumps(data),
                    "export_format": kind,
                    "csrf_token": http.Request.csrf_token(self),
                },
            )
            self.assertEqual(answer.status_code, 200, answer.text[:500])
            if kind == "xlsx":
                self.assertNotIn("f", {c.data_type for c in self.cells(answer)})
                continue
            for row in csv.reader(io.StringIO(answer.text)):
                self.assertFalse(row[0].startswith(FORMULA), row)
