"""Hands every request below ``/api/`` to the API's dispatcher."""

import werkzeug.exceptions
from odoo import api, models
from odoo.http import _dispatchers, request


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
        """Return the installed language that ``Accept-Language`` asks for first."""
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        for part in header.split(","):
            wanted = part.split(";")[0].strip().replace("-", "_")
            for code in installed:
                if wanted and code.lower().startswith(wanted.lower()):
                    return code
        return "en_US"
