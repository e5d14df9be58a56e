"""What callers did and what was refused: the log behind a request id."""

from datetime import timedelta

from odoo import api, fields, models

KEPT_DAYS = 30


class RequestLog(models.Model):
    _name = "abs.request.log"
    _description = "API request"
    _order = "id desc"
    _rec_name = "request_id"

    request_id = fields.Char("Request ID", required=True, index=True)
    date = fields.Datetime(default=fields.Datetime.now, index=True)
    method = fields.Char()
    path = fields.Char()
    status = fields.Integer()
    code = fields.Char()
    message = fields.Char()
    trace = fields.Text("Internals")
    caller = fields.Char()
    employee_id = fields.Many2one("abs.employee", index="btree_not_null")
    duration = fields.Integer("Duration (ms)")

    @api.model
    def _record(self, values):
        """Add one row: writes that succeeded, writes refused, and our own failures."""
        self.create(values)

    @api.autovacuum
    def _gc(self):
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("date", "<", limit)], limit=50000).unlink()
