"""Hands every request below ``/api/`` to the API's dispatcher."""

import werkzeug.exceptions
from odoo import api, models
from odoo.http import _dispatchers, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        if path_info.startswith("/api/"):
            dispatcher = _dispatchers["abs_api"](request)
            request.dispatcher = dispatcher
            request.is_frontend = False
            request.is_frontend_multilang = False
            asked = request.httprequest.headers.get("Accept-Language", "")
            request.update_context(lang=request.env["ir.http"]._abs_language(asked))
            if request.httprequest.method == "OPTIONS":
                werkzeug.exceptions.abort(dispatcher.preflight())
        return super()._match(path_info)

    @classmethod
    def _serve_fallback(cls):
        """No page and no file of Odoo's stands below ``/api/``."""
        if request.httprequest.path.startswith("/api/"):
            return None
        return super()._serve_fallback()

    @classmethod
    def _auth_method_abs_api(cls):
        """Start as the technical user with no scope: it sees nothing.

        The dispatcher resolves the caller inside its retry loop.
        """
        request.update_env(user=request.env["ir.http"]._abs_api_user())

    @api.model
    def _abs_api_user(self):
        """Return the id of the technical user behind the API."""
        return self.env["ir.model.data"]._xmlid_to_res_id("abs_connector.user_api")

    @api.model
    def _abs_language(self, header):
        """Return the installed language that ``Accept-Language`` likes best.

        ``fr``, ``fr-FR`` and ``fr-TG`` all find ``fr_FR``; the weights (``;q=``) count.
        """
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        for wanted, weight in parse_accept_header(header, LanguageAccept):
            tag = wanted.replace("-", "_").lower()
            matches = [c for c in installed if c.lower() == tag] or [
                c for c in installed if c.split("_")[0].lower() == tag.split("_")[0]
            ]
            if weight > 0 and matches:
                return matches[0]
        return "en_US"

    # -- what the kernel asks the addon: it names none of our models -------------------

    @api.model
    def _abs_token_identity(self, token):
        """Return the :class:`Principal` of a bearer token; see ``abs.identity``."""
        return self.env["abs.identity"]._of_token(token)

    @api.model
    def _abs_key_identity(self, value):
        """Return the :class:`Principal` of an API key's value."""
        return self.env["abs.identity"]._of_key(value)

    @api.model
    def _abs_account_company(self, account_id):
        """Return ``(company id or None,)`` of an SA, None when there is none."""
        return self.env["abs.identity"]._company_of_account(account_id)

    @api.model
    def _abs_take_key(self, digest, body):
        """Take an idempotency key; see ``abs.idempotency.record``."""
        return self.env["abs.idempotency.record"].sudo()._take(digest, body)

    @api.model
    def _abs_keep_answer(self, digest, status, sealed):
        """Store the answer of a request with an idempotency key."""
        self.env["abs.idempotency.record"].sudo()._store(digest, status, sealed)

    @api.model
    def _abs_log_request(self, values):
        """Add a row to the log of requests."""
        self.env["abs.request.log"].sudo()._record(values)

    @api.model
    def _abs_creation_account(self):
        """Return the SA that a create of the caller belongs to (sudo).

        :raises BusinessError: ``sa_required``, ``sa_inactive``
        """
        return self.env["ov.membership"]._caller_company_account()
