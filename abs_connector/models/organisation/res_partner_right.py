"""Who may change a contact, take it to an SA, and hold its log-in (docs/contract.md 1.29).

Contacts without an SA are shared: every employee sees them. Whoever changes one, or
takes it to an SA, does so to all who deal with it, so these are asked for: the records
of companies that name the contact.
"""

from odoo import api, models
from odoo.exceptions import AccessError

from ...exceptions import BusinessError, Forbidden
from ...scope import Scope
from ..base.caller import api_scope, is_api
from ..base.domain import all_of, any_of

#: these name people of the office, are the contact's own, or parts of a paper, as
#: every model of lines is
NO_DEALINGS = {
    "abs.employee",
    "ov.membership",
    "ov.outlet",
    "ov.serviced_account",
    "res.company",
    "res.partner",
    "res.partner.bank",
    "res.users",
    "stock.move",
    "stock.quant",
    "stock.warehouse",
}
#: what makes a contact who it is; a person of the web client changes it as in the API
IDENTITY = {
    "name",
    "email",
    "phone",
    "mobile",
    "street",
    "street2",
    "city",
    "zip",
    "country_id",
    "state_id",
    "vat",
    "ref",
}


class Partner(models.Model):
    _inherit = "res.partner"

    # -- who deals with a contact ----------------------------------------------------

    @api.model
    def _abs_dealing_fields(self):
        """Return ``{model: fields}``: the papers of an SA or a company that name a
        contact."""
        found = {}
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract or model._transient or not model._auto:
                continue
            if name in NO_DEALINGS or name.endswith(".line"):
                continue
            if not self._abs_owner_fields(model):
                continue
            fields = [
                key
                for key, field in model._fields.items()
                if field.type == "many2one"
                and field.comodel_name == "res.partner"
                and field.store
                and key not in ("x_actor_id", "actor_id", "commercial_partner_id")
            ]
            if fields:
                found[name] = fields
        return found

    @api.model
    def _abs_owner_fields(self, model):
        owners = {"x_sa_id": "ov.serviced_account", "company_id": "res.company"}
        return [
            name
            for name, comodel in owners.items()
            if (field := model._fields.get(name)) is not None
            and field.store
            and field.comodel_name == comodel
        ]

    def _abs_dealings(self):
        """Return the ``(SA, company)`` of all records that name these contacts or their
        addresses; each may be empty, not both."""
        family = self.sudo().with_context(active_test=False)
        family = family.search([("id", "child_of", self.ids)])
        pairs = set()
        for name, fields in self._abs_dealing_fields().items():
            model = self.env[name].sudo().with_context(active_test=False)
            owners = self._abs_owner_fields(model)
            domain = any_of([[(key, "in", family.ids)] for key in fields])
            for group in model._read_group(domain, owners):
                owner = dict(zip(owners, group, strict=True))
                account = owner.get("x_sa_id")
                company = owner.get("company_id") or (account and account.company_id)
                pairs.add((account or None, company or None))
        return pairs - {(None, None)}

    # -- taking it to an SA ----------------------------------------------------------

    def _sa_require_claim(self, account):
        """Let a shared contact go to an SA when all who deal with it are the caller's.

        Other companies would lose sight of it, and could not open their own papers.
        """
        members = self.env["ov.membership"]
        for contact in self:
            for other, company in contact._abs_dealings():
                mine = not company or company == account.company_id
                if mine and (not other or members._caller_is_staff(other)):
                    continue
                raise Forbidden(
                    self.env._(
                        "Others deal with this contact as well, so it stays shared: "
                        "only staff of all of them may take it to a Service Account "
                        "of their company."
                    ),
                    code="contact_shared",
                )

    def _abs_check_change(self, vals):
        """Ask whoever is no part of the system: a shared contact is everybody's, and an
        address is where a log-in's invitation goes."""
        if self.env.su and not is_api(self.env):
            return
        if vals.get("parent_id"):
            self._abs_check_parent(vals["parent_id"])
        if IDENTITY & set(vals) and not is_api(self.env):
            self._abs_check_identity()
        if "email" in vals or "phone" in vals:
            self._abs_keep_login(vals)

    def _abs_check_parent(self, parent_id):
        """An address belongs to the SA of its parent: to be given one is to be claimed."""
        account = self.sudo().browse(parent_id).x_sa_id
        loose = self.filtered(lambda contact: not contact.sudo().x_sa_id)
        if account:
            loose._sa_require_claim(account)

    def _abs_check_identity(self):
        """A user who is an employee changes what the API would let him change (row 24);
        himself, colleagues and suppliers as Odoo lets him."""
        members = self.env["ov.membership"]
        if members._caller_is_administrator() or not self.env["abs.employee"]._caller():
            return
        for contact in self.sudo():
            if contact.customer_rank and not contact.supplier_rank:
                contact.with_env(self.env)._abs_require_changer()

    def _abs_keep_login(self, vals):
        """Keep the log-in's names where the caller may not hold it.

        A contact that logs in to Odoo's portal gets mails for a lost password at the
        contact's address: it is not changed by such a caller at all.
        """
        for contact in self:
            known = contact.sudo()
            changed = [
                name
                for name in ("email", "phone")
                if name in vals and (vals[name] or "") != (known[name] or "")
            ]
            if not changed or contact._abs_may_hold():
                continue
            users = known.with_context(active_test=False).user_ids
            if users == self.env.user or users.filtered(lambda user: not user.share):
                continue
            if "email" in changed and users:
                contact._abs_require_holder()
            first = not any(known[name] for name in changed)
            if first and not contact._abs_hides_from_caller():
                continue
            self.env["abs.customer.access"]._keep(known)

    # -- changing it -----------------------------------------------------------------

    def _abs_refuse_protected(self):
        """Keep people of the office and suppliers out of ``/contacts``."""
        self._abs_refuse_office()
        for contact in self.sudo():
            shared = not contact.x_sa_id or not contact.customer_rank
            if contact.supplier_rank and shared:
                raise BusinessError(
                    self.env._(
                        "This contact is a supplier, not a customer: it is changed in "
                        "the web client."
                    ),
                    code="contact_protected",
                )

    def _abs_require_changer(self):
        """Let a shared contact be changed by staff of a company that deals with it.

        Nobody deals with it yet: by staff of any SA, and by whoever made it. Who sees
        a governed contact may change it.
        """
        for contact in self.sudo():
            if contact.x_sa_id or contact._abs_caller_deals():
                continue
            raise Forbidden(
                self.env._(
                    "This contact belongs to no Service Account: only staff of a "
                    "company that deals with it may do this."
                ),
                code="role_required",
            )

    def _abs_caller_deals(self):
        """Tell whether the caller is staff of a company that deals with this contact."""
        self.ensure_one()
        members = self.env["ov.membership"]
        staff = members._caller()._staff()
        limits = api_scope(self.env).company_ids if members._caller_is_key() else ()
        if members._caller_is_administrator() and not limits:
            return True
        companies = {company for _sa, company in self._abs_dealings() if company}
        if not companies:
            maker = not is_api(self.env) and self.create_uid == self.env.user
            return bool(staff or limits or maker)
        company_ids = set(members._caller_staff_companies().ids) | set(limits)
        return any(company.id in company_ids for company in companies)

    # -- its log-in ------------------------------------------------------------------

    def _abs_caller_is_keeper(self):
        """Tell whether the caller is staff for this contact, hidden records or not."""
        self.ensure_one()
        members = self.env["ov.membership"]
        if self._abs_caller_has_no_role():
            return True
        if self.sudo().x_sa_id:
            return members._caller_is_staff(self.sudo().x_sa_id)
        return self.sudo()._abs_caller_deals()

    @api.model
    def _abs_caller_has_no_role(self):
        """Tell whether a user of the web client acts who is no employee: Odoo's own
        groups and rules say what such a user may do."""
        if self.env.su or is_api(self.env):
            return False
        if self.env["ov.membership"]._caller_is_administrator():
            return False
        return not self.env["abs.employee"]._caller()

    @api.model
    def _abs_login_models(self):
        """Return the names of the models that a customer's log-in shows."""
        models = (self.env[name] for name in sorted(self.env.registry))
        return [m._name for m in models if getattr(m, "_sa_customer_reads", False)]

    def _abs_hides_from_caller(self):
        """Tell whether the log-in of this contact would show what the caller can't see."""
        self.ensure_one()
        for name in self._abs_login_models():
            model = self.env[name].sudo().with_context(active_test=False)
            shown = model._abs_scope_domain(Scope("customer", (), (), self.id))
            count = model.search_count(shown)
            if count and count > self._abs_count_seen(model, shown):
                return True
        return False

    def _abs_count_seen(self, model, domain):
        """Count the records of a domain that the caller sees (docs/contract.md 1.24)."""
        members = self.env["ov.membership"]
        if is_api(self.env):
            scope = api_scope(self.env)
        elif self.env.user._is_superuser():
            scope = Scope("admin")
        elif members._caller_is_administrator():
            scope = Scope("system", (), tuple(self.env.user.company_ids.ids))
        elif self.env["abs.employee"]._caller():
            scope = members._caller_scope()
        else:
            companies = self.env.user.company_ids.ids
            seen = model.sudo(False).with_context(allowed_company_ids=companies)
            try:
                return seen.search_count(domain)
            except AccessError:
                return 0
        return model.search_count(all_of(domain, model._abs_scope_domain(scope)))

    def _abs_may_hold(self):
        """Tell whether the caller may set this contact's password and log-in names."""
        return self._abs_caller_is_keeper() and not self._abs_hides_from_caller()

    def _abs_require_holder(self):
        """Refuse callers who may not set the password of these contacts."""
        for contact in self:
            if not contact._abs_caller_is_keeper():
                self._abs_refuse_keeper()
            if contact._abs_hides_from_caller():
                raise Forbidden(
                    self.env._(
                        "This customer's log-in shows more than you can see: invite "
                        "the customer, who then chooses the password."
                    ),
                    code="invitation_only",
                )

    def _abs_refuse_keeper(self):
        raise Forbidden(
            self.env._("Only staff who are in charge of this contact may do this."),
            code="role_required",
        )
