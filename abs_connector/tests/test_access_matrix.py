"""Every kind of credential against every route (docs/contract.md 3, 4)."""

import base64
import json
import re
from datetime import timedelta

import jwt
from freezegun import freeze_time
from odoo import fields

from ..api.routing import ROUTES
from .http_common import AbsHttpCase

CLOSED = [route for route in ROUTES if "public" not in route.audience]
OPEN = [route for route in ROUTES if "public" in route.audience]


def address(route):
    """Return the route's path with numbers and words in it that name nothing."""
    path = re.sub(r"<int:\w+>", "2147483000", route.paths[0])
    return re.sub(r"<[^>]*>", "nothing", path)


class TestAccessMatrix(AbsHttpCase):
    def test_wrong_kind_on_every_route(self):
        """403 for a valid credential of a kind that the route does not let in."""
        kinds = {
            "employee": {"who": self.admin},
            "customer": {"who": self.marie},
            "api_key": {"key": self.api_key(can_write=True, can_system=True)},
        }
        for route in CLOSED:
            for kind in kinds.keys() - route.audience:
                with self.subTest(route=f"{route.method} {address(route)}", kind=kind):
                    call = (route.method, address(route))
                    answer = self.call(*call, **kinds[kind])
                    self.assertEqual(answer.status, 403, answer.text)
                    self.assertEqual(answer.body["code"], "wrong_token_kind")

    def test_no_credential_on_any_route(self):
        for route in CLOSED:
            with self.subTest(route=f"{route.method} {address(route)}"):
                answer = self.call(route.method, address(route))
                self.assertEqual(answer.status, 401, answer.text)
                self.assertEqual(answer.body["code"], "unauthorized")
                self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")
                self.assertNotIn("Set-Cookie", answer.headers)
                self.assertTrue(answer.headers["X-Request-ID"])

    def test_bad_tokens_of_both_kinds(self):
        """401 whatever is wrong with the token, on a GET and on a POST of each kind."""
        for person, other, get, post in (
            (self.jean, self.marie, "/api/auth/me", "/api/contacts"),
            (self.marie, self.jean, "/api/customer/me", "/api/customer/auth/logout"),
        ):
            for name, token in self._bad_tokens(person, other).items():
                for call in (("GET", get), ("POST", post, {})):
                    headers = {"Authorization": f"Bearer {token}"}
                    with self.subTest(bad=name, call=call):
                        answer = self.call(*call, headers=headers)
                        self.assertEqual(answer.status, 401, answer.text)
                        codes = ("token_invalid", "token_revoked", "unauthorized")
                        self.assertIn(answer.body["code"], codes)

    def _bad_tokens(self, person, other):
        good = self.token(person)
        header = jwt.get_unverified_header(good)
        claims = jwt.decode(good, options={"verify_signature": False})
        with freeze_time(fields.Datetime.now() - timedelta(hours=2)):
            sessions = self.env["abs.auth.session"].sudo()
            employee = person._name == "abs.employee"
            kind = "employee" if employee else "customer"
            holder = person if employee else self.customer_access(person)
            expired = sessions._open(kind, holder)["access_token"]
        revoked = sessions._open(kind, holder)
        sessions.search([], order="id desc", limit=1)._revoke()
        ring = self.env["abs.signing.key"].sudo()
        secret = ring._signing(kind)[1]
        theirs = ring._signing("customer" if employee else "employee")

        def signed(**change):
            kid = change.pop("kid", header["kid"])
            key = change.pop("secret", secret)
            algorithm = change.pop("algorithm", "HS256")
            merged = {k: v for k, v in {**claims, **change}.items() if v is not None}
            return jwt.encode(merged, key, algorithm, headers={"kid": kid})

        def bare(**change):
            parts = ({**header, "alg": "none"}, {**claims, **change})
            return ".".join(
                base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode()
                for p in parts
            )

        return {
            "expired": expired,
            "revoked family": revoked["access_token"],
            "alg none": bare() + ".",
            "other algorithm": signed(algorithm="HS512"),
            "unknown kid": signed(kid="ffffffffffffffff"),
            "no kid": jwt.encode(claims, secret, "HS256"),
            "other key": signed(secret="another secret of thirty-two bytes"),
            "the other ring's key": signed(kid=theirs[0], secret=theirs[1]),
            "issuer of the other ring": signed(iss="abs_connector/nobody"),
            "other audience": signed(aud="somebody-else"),
            "no session": signed(sid=None),
            "old version": signed(ver=claims["ver"] - 1),
            "not a number": signed(sub="1 OR 1=1"),
            "cut off": good[:-4],
        }

    def test_spent_tokens_close_no_public_route(self):
        """Clients send what they have when they refresh or log in again."""
        with freeze_time(fields.Datetime.now() - timedelta(hours=2)):
            session = self.env["abs.auth.session"].sudo()._open("employee", self.jean)
        spent = {"Authorization": f"Bearer {session['access_token']}"}
        body = {"refresh_token": session["refresh_token"]}
        self.ok("POST", "/api/auth/refresh", body, headers=spent)
        self.ok("GET", "/api/system/health", headers=spent)
        login = {"email": self.jean.email, "password": "demo-Pass-2026"}
        self.ok("POST", "/api/auth/login", login, headers=spent)

    def test_bearer_counts_before_the_key(self):
        key = self.api_key(can_write=True, can_system=True)
        self.refused(401, None, "GET", "/api/contacts", key=key, headers=self._broken())
        names = self.ok("GET", "/api/contacts?q=Paul", who=self.jean, key=key)
        self.assertEqual(names["items"], [])

    def _broken(self):
        return {"Authorization": "Bearer x.y.z"}

    def test_preflight_of_every_route(self):
        for path in sorted({address(route) for route in ROUTES}):
            answer = self.call("OPTIONS", path, headers={"Origin": "https://app.test"})
            self.assertEqual(answer.status, 204, path)
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
            self.assertIn("X-SA-ID", answer.headers["Access-Control-Allow-Headers"])
            self.assertIn("DELETE", answer.headers["Access-Control-Allow-Methods"])
            self.assertNotIn("Set-Cookie", answer.headers)

    def test_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        english = self.call("GET", "/api/contacts").body["error"]
        for asked, french in (
            ("fr", True),
            ("fr-FR,fr;q=0.9,en;q=0.8", True),
            ("fr-TG", True),
            ("en;q=0.2, fr;q=0.7", True),
            ("fr;q=0", False),
            ("en-GB, fr;q=0.5", False),
            ("de, *;q=0.1", False),
            ("\x7f;;q=x", False),
        ):
            answer = self.call(
                "GET", "/api/contacts", headers={"Accept-Language": asked}
            )
            self.assertEqual(answer.status, 401)
            self.assertEqual(answer.body["error"] != english, french, asked)
            self.assertEqual(answer.body["code"], "unauthorized")

    def test_one_phone_number_is_one_identity_for_the_count(self):
        attempts = self.env["abs.login.attempt"]
        ways = (
            "+228 90 11 22 33",
            "+22890112233",
            " +228-90-11-22-33",
            "+228(90)112233",
        )
        self.assertEqual(len({attempts._digest("employee", way) for way in ways}), 1)
        mails = ("Jean@Test.abs ", "jean@test.abs")
        self.assertEqual(len({attempts._digest("employee", m) for m in mails}), 1)
        self.assertNotEqual(
            attempts._digest("employee", mails[0]),
            attempts._digest("customer", mails[0]),
        )
