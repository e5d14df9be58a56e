"""Requests to the API inside a test, on both series.

Records come from ``common.AbsCommon``; combine both: ``class X(AbsHttpCase)``.
"""

import json
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ..codes import codes_of
from ..models.auth.abs_login_attempt_gate import GATES, Gate
from .common import AbsCommon

PASSWORD = "demo-Pass-2026"


@tagged("post_install", "-at_install")
class AbsHttpCase(AbsCommon, HttpCase):
    """``self.call("GET", "/api/orders", who=self.jean)`` -> :class:`Answer`."""

    def setUp(self):
        super().setUp()
        self._tokens = {}
        # The counts of wrong passwords outlive a transaction, so a test has its own.
        self.gate = Gate()
        gates = patch.dict(GATES, {self.env.cr.dbname: self.gate})
        self.startPatcher(gates)

    def token(self, person):
        """Return an access token of an employee, or of a customer (a partner)."""
        key = (person._name, person.id)
        if key not in self._tokens:
            sessions = self.env["abs.auth.session"].sudo()
            if person._name == "abs.employee":
                kind, holder = "employee", person
            else:
                kind, holder = "customer", self.customer_access(person)
            self._tokens[key] = sessions._open(kind, holder)["access_token"]
        return self._tokens[key]

    def customer_access(self, partner):
        """Return the open access of a customer, made when there is none."""
        access = self.env["abs.customer.access"].sudo()
        found = access.search([("partner_id", "=", partner.id)])
        return found or access._open(partner.sudo(), PASSWORD)[0]

    def api_key(self, **scopes):
        """Return the value of a new API key; scopes as ``can_write=True``."""
        # Used just now: noting a use opens a cursor, which tests of GETs cannot.
        now = self.env.cr.now()
        values = {"name": "test", "can_read": True, "last_used": now, **scopes}
        return self.env["abs.api.key"].sudo().create(values)._generate()

    def call(self, method, path, json=None, who=None, sa=None, key=None, **options):
        """Send one request the way the mobile app does.

        :param who: an ``abs.employee`` or a customer (``res.partner``)
        :param sa: a Service Account for ``X-SA-ID``
        :param str key: an API key
        :param options: ``headers``, ``data``, ``params``
        :return Answer: status, body, headers
        """
        headers = {**options.pop("headers", {})}
        if who is not None:
            headers["Authorization"] = f"Bearer {self.token(who)}"
        if sa is not None:
            headers["X-SA-ID"] = str(sa.id)
        if key is not None:
            headers["X-API-KEY"] = key
        self.env.flush_all()
        response = self.opener.request(
            method,
            self.base_url() + path,
            json=json,
            headers=headers,
            allow_redirects=False,
            **options,
        )
        self.env.invalidate_all()
        return Answer(response)

    def ok(self, method, path, json=None, status=None, **options):
        """Send a request that must succeed; return its body."""
        answer = self.call(method, path, json, **options)
        allowed = {status} if status else {200, 201}
        self.assertIn(answer.status, allowed, f"{method} {path}: {answer.text}")
        self.assertIs(answer.body["success"], True)
        return answer.body

    def queries(self, path, **who):
        """Return ``(number of queries, body)`` of one GET, the second of two."""
        body = None
        for _time in range(2):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            body = self.ok("GET", path, **who)
            spent = self.env.cr.sql_log_count - before
        return spent, body

    def refused(self, status, code, method, path, json=None, **options):
        """Send a request that must be refused with ``status`` and ``code``."""
        answer = self.call(method, path, json, **options)
        said = f"{method} {path}: {answer.text}"
        self.assertEqual(answer.status, status, said)
        self.assertIs(answer.body["success"], False)
        self.assertTrue(answer.body["error"].strip(), said)
        self.assertTrue(answer.body["request_id"], said)
        told = codes_of(path.partition("?")[0], status)
        self.assertIn(answer.body["code"], told, f"not in the document: {said}")
        if code:
            self.assertEqual(answer.body["code"], code, said)
        return answer.body


class Answer:
    """What came back: ``status``, ``body`` (dict), ``headers``, ``text``."""

    def __init__(self, response):
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        try:
            self.body = json.loads(response.text)
        except ValueError:
            self.body = None
