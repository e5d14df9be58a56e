"""Odoo's own doors to somebody's log-in: merging contacts, access to its portal."""

from odoo import models

from ...exceptions import BusinessError


class Partner(models.Model):
    _inherit = "res.partner"

    def _abs_check_merge(self, kept):
        """Merging works within one SA (docs/contract.md 1.28), and never adds to what a log-in
        shows behind the back of those who are not asked.

        :param kept: the contact that is left
        """
        known = self.sudo().with_context(active_test=False)
        accounts = set(known.mapped(lambda contact: contact.x_sa_id.id))
        if len(accounts) > 1:
            raise BusinessError(
                self.env._(
                    "These contacts are not of the same Service Account: reassign "
                    "them to one first."
                ),
                code="merge_across_accounts",
            )
        if self.env.su:
            return
        accesses = self.env["abs.customer.access"].sudo()
        accesses = accesses.with_context(active_test=False)
        shown = accesses.search_count([("partner_id", "in", self.ids)], limit=1)
        if shown or known.user_ids:
            self._abs_require_holder()

    def _abs_merge_logins(self, kept):
        """Leave one log-in, that of ``kept`` if it has one, and end all sessions."""
        accesses = self.env["abs.customer.access"].sudo()
        accesses = accesses.with_context(active_test=False)
        accesses = accesses.search([("partner_id", "in", self.ids)], order="id")
        accesses._end_sessions()
        sessions = self.env["abs.auth.session"].sudo()
        sessions.search([("partner_id", "in", self.ids)])._revoke()
        login = accesses.filtered(lambda access: access.partner_id == kept)
        login = login or accesses.filtered("active")[:1] or accesses[:1]
        (accesses - login).unlink()
        if login and login.partner_id != kept:
            login.partner_id = kept
        self.env.flush_all()
