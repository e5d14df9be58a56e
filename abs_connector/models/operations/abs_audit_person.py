"""The audit of people: one log-in and one employee each (docs/contract.md 1.28)."""

from odoo import models
from odoo.tools import SQL


class AuditPerson(models.AbstractModel):
    _inherit = "abs.audit"

    def _twins(self, table, column):
        """Return ``[(value, ids)]`` of what more than one row of a table has."""
        return self._rows(
            "SELECT %s, array_agg(id ORDER BY id) FROM %s "
            " WHERE %s IS NOT NULL GROUP BY 1 HAVING count(*) > 1 ORDER BY 1",
            *(SQL.identifier(name) for name in (column, table, column)),
        )

    def _check_two_employees(self):
        """The actor of a record names one employee, a user of the web client acts as
        one. Where a database held two already, the constraint waits for the next upgrade."""
        employees = self.env["abs.employee"].with_context(active_test=False)
        for column in ("partner_id", "user_id"):
            for _value, ids in self._twins("abs_employee", column):
                names = ", ".join(employees.browse(ids).mapped("email"))
                for res_id in ids:
                    what = "person" if column == "partner_id" else "web client user"
                    yield "abs.employee", res_id, f"one {what}, but employees {names}"

    def _check_two_log_ins(self):
        """A person logs in in one way: as a customer once, or as an employee."""
        for partner_id, ids in self._twins("abs_customer_access", "partner_id"):
            yield "res.partner", partner_id, f"log-ins {ids} of one customer"
        rows = self._rows(
            "SELECT a.partner_id, e.id FROM abs_customer_access a "
            "  JOIN abs_employee e ON e.partner_id = a.partner_id "
            " WHERE a.active AND e.active ORDER BY 1"
        )
        for partner_id, employee_id in rows:
            text = f"logs in as a customer and as employee {employee_id}"
            yield "res.partner", partner_id, text
