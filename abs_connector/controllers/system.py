"""Health, and the documentation of the API."""

import json

from odoo import http
from odoo.http import request

from ..api import PUBLIC, Api, get
from ..api.base import Verbatim
from ..api.openapi import document
from ..schemas.system import HealthOut


class System(Api, http.Controller):
    @get("/api/system/health", audience=PUBLIC)
    def get_health(self) -> HealthOut:
        """Tell whether the server reaches its database, and which version runs."""
        return self.model("abs.system")._api_health()

    @get("/api/openapi.json", audience=PUBLIC)
    def get_openapi(self) -> Verbatim:
        """Return this document: OpenAPI 3.1 of all routes."""
        text = json.dumps(document(self.model("abs.system")._api_version()))
        return request.make_response(text, [("Content-Type", "application/json")])

    @get("/api/docs", audience=PUBLIC, media="text/html")
    def get_docs(self) -> Verbatim:
        """Show the document in a browser, without outside hosts."""
        return request.render("abs_connector.api_docs")
