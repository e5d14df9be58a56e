"""What callers did and what was refused: the log behind a request id."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..mobile_money.abs_payment_callback_address import hide_tokens

KEPT_DAYS = 30
KEPT_ROWS = 1_000_000
MAX_TEXT = 1_000


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
        """Add one row: writes that succeeded, writes refused, and our own failures.

        Its texts are as long as it likes to him who sent the request, and are cut off.
        """
        for name, value in values.items():
            if isinstance(value, str):
                values[name] = value[:MAX_TEXT]
        self.create({**values, "path": hide_tokens(values.get("path") or "")})

    @api.model
    def _abs_prune_step(self, limit):
        date = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        old = self._abs_prune_where(SQL("date < %s", date), limit)
        return old + self._abs_prune_beyond(SQL("TRUE"), KEPT_ROWS, limit - old)

    @api.autovacuum
    def _gc(self):
        self._abs_prune_step(50_000)

    @api.model
    def _abs_pruned_models(self):
        """Return the models that prune themselves: ``_abs_prune_step(limit) -> number``."""
        models = (self.env[name] for name in sorted(self.env.registry))
        return [model for model in models if hasattr(model, "_abs_prune_step")]

    @api.model
    def _cron_abs_prune(self):
        """Prune every log, in steps that are committed: no long lock, no lost work."""
        for model in self._abs_pruned_models():
            for _step in range(STEPS):
                number = model._abs_prune_step(STEP)
                self.env.flush_all()
                self.env.cr.commit()  # pylint: disable=invalid-commit
                if number < STEP:
                    break


STEP = 5_000
STEPS = 40
