"""Merging contacts: within one SA, both histories kept, one log-in and one person left.

Odoo's wizard moves links in SQL, past our models, and deletes the rows that a constraint
keeps from moving. What it must not merge is refused here, and what it can't move is put
right before it begins.
"""

from odoo import SUPERUSER_ID, fields, models

from ...exceptions import BusinessError, Forbidden
from ..base.caller import is_api


class Partner(models.Model):
    _inherit = "res.partner"

    # -- what may be merged ------------------------------------------------------------

    def _abs_check_merge(self, kept):
        """Merging works within one SA (docs/contract.md 1.28), and never adds to what a log-in
        shows behind the back of those who are not asked.

        :param kept: the contact that is left
        :raises BusinessError: ``merge_across_accounts``, ``merge_people``,
            ``merge_log_ins``, ``merge_family``, ``company_mismatch``
        :raises Forbidden: ``role_required``, ``invitation_only``
        """
        known = self.sudo().with_context(active_test=False)
        known._abs_check_merged_people()
        accounts = set(known.mapped(lambda contact: contact.x_sa_id.id))
        if len(accounts) > 1:
            raise BusinessError(
                self.env._(
                    "These contacts are not of the same Service Account: reassign "
                    "them to one first."
                ),
                code="merge_across_accounts",
            )
        if len(known.company_id) > 1:
            raise BusinessError(
                self.env._("These contacts belong to different companies."),
                code="company_mismatch",
            )
        for contact in known:
            if (known - contact) & known.search([("id", "child_of", contact.id)]):
                raise BusinessError(
                    self.env._(
                        "%(contact)s is an address or contact person of another one "
                        "of these: they stay two.",
                        contact=contact.name or contact.display_name,
                    ),
                    code="merge_family",
                )
        accesses = known._abs_accesses()
        known._abs_check_merged_logins(accesses)
        if self.env.su and not is_api(self.env):
            return
        if accesses or known.user_ids:
            self._abs_require_holder()
        if not self._abs_caller_has_no_role():
            self._abs_require_merger(known.x_sa_id)

    def _abs_check_merged_people(self):
        """Each employee is a person of their own, and no customer; nor is a company."""
        domain = [("partner_id", "in", self.ids)]
        employees = self.env["abs.employee"].sudo().with_context(active_test=False)
        offices = self.env["res.company"].sudo().with_context(active_test=False)
        employees, offices = employees.search(domain), offices.search(domain)
        if len(employees) + len(offices) > 1:
            raise BusinessError(
                self.env._(
                    "%(names)s are two people or companies of the office: each keeps "
                    "a contact of its own. Deactivate the one who is no more.",
                    names=", ".join(
                        [*employees.mapped("name"), *offices.mapped("name")]
                    ),
                ),
                code="merge_people",
            )
        office = (employees.partner_id | offices.partner_id).sudo()
        others = self - office
        theirs = others.filtered(lambda c: c.x_sa_id or c.customer_rank)
        if office and (theirs or self._abs_accesses()):
            raise BusinessError(
                self.env._(
                    "%(name)s is a person or company of the office, not a customer: "
                    "they stay two contacts.",
                    name=office[0].name,
                ),
                code="merge_people",
            )

    def _abs_accesses(self):
        """Return the log-ins (sudo) of these contacts, closed ones too."""
        accesses = self.env["abs.customer.access"].sudo()
        accesses = accesses.with_context(active_test=False)
        return accesses.search([("partner_id", "in", self.ids)], order="id")

    def _abs_check_merged_logins(self, accesses):
        """One log-in per person: which of two it is, is not for a merge to decide."""
        users = self.user_ids.partner_id
        live = accesses.filtered("active").partner_id
        for found in (live, users):
            if len(found) > 1:
                raise BusinessError(
                    self.env._(
                        "%(names)s each have a log-in: close all but one first.",
                        names=", ".join(c.name or c.display_name for c in found),
                    ),
                    code="merge_log_ins",
                )

    def _abs_require_merger(self, account):
        """Who merges is staff of the SA; of a shared contact, of all who deal with it."""
        members = self.env["ov.membership"]
        if account:
            members._caller_require_staff(account)
            return
        companies = members._caller_staff_companies()
        for contact in self:
            contact._abs_require_changer()
            dealing = {company for _sa, company in contact._abs_dealings() if company}
            if all(c in companies or members._caller_rules(c) for c in dealing):
                continue
            raise Forbidden(
                self.env._(
                    "Others deal with this contact as well: only staff of all of them "
                    "may merge it."
                ),
                code="contact_shared",
            )

    # -- before Odoo moves what names them ----------------------------------------------

    def _abs_before_merge(self, kept):
        """Bring the contacts to one stamp, end the assignments that would be second
        ones, and leave one log-in."""
        self._abs_merge_logins(kept)
        kept = kept.sudo()
        others = self.sudo() - kept
        # With what is open of theirs: it has one customer then, and one in charge. Who
        # has no role merges by Odoo's rights, and the assignments follow.
        if self._abs_caller_has_no_role():
            others = others.with_user(SUPERUSER_ID)
        others.filtered(
            lambda c: (c.x_sa_id, c.x_actor_id) != (kept.x_sa_id, kept.x_actor_id)
        )._sa_assign(kept.x_sa_id, kept.x_actor_id, source="merge")
        history = self.env[self._sa_assignment_model].sudo()
        rows = history.search(
            [(history._sa_subject, "in", others.ids), ("state", "=", "active")]
        )
        rows.write({"state": "ended", "date_to": fields.Datetime.now()})
        self.env.flush_all()

    def _abs_merge_logins(self, kept):
        """Leave one log-in, the one that opens, and end all sessions."""
        accesses = self._abs_accesses()
        accesses._end_sessions()
        sessions = self.env["abs.auth.session"].sudo()
        sessions.search([("partner_id", "in", self.ids)])._revoke()
        login = accesses.filtered("active")[:1]
        login = login or accesses.filtered(lambda access: access.partner_id == kept)
        login = login or accesses[:1]
        (accesses - login).unlink()
        self.env.flush_all()
        if login and login.partner_id != kept:
            login.partner_id = kept
        self.env.flush_all()

    # -- verb --------------------------------------------------------------------------

    def _api_merge_told(self, vals):
        """Merge other contacts into this one, which stays (staff).

        :param dict vals: ``MergeIn``; with ``preview`` nothing is changed
        :return dict: ``contact``, ``merged``: how many go up in it, ``moved``: {kind:
            number} of what has this customer now, ``preview``
        :raises BusinessError: ``merge_self``, and those of :meth:`_abs_check_merge`
        """
        self.ensure_one()
        others = self.browse(vals["contact_ids"])
        if self in others:
            raise BusinessError(
                self.env._("Name the contacts that go up in this one, not itself."),
                code="merge_self",
                details=[{"field": "contact_ids"}],
            )
        contacts = self | others
        contacts._abs_lock()
        contacts._abs_refuse_protected()
        contacts._abs_check_merge(self)
        moved = others._abs_named_by()
        preview = vals.get("preview", False)
        if not preview:
            wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
            for other in others:
                # One by one: Odoo takes three at most at a time.
                wizard._merge([self.id, other.id], self.sudo(), extra_checks=False)
            self.env.invalidate_all()
        return {
            "contact": self,
            "merged": len(others),
            "moved": moved,
            "preview": preview,
        }

    def _abs_named_by(self):
        """Return ``{kind: number}`` of the records, done ones too, of these customers."""
        counts = {}
        for name, kind in self._sa_kinds().items():
            model = self.env[name].sudo().with_context(active_test=False)
            field = model._sa_customer_field
            if field != "id" and field in model._fields:
                counts[kind] = model.search_count([(field, "in", self.ids)])
        return counts
