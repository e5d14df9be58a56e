"""Log-in, tokens, keys and how they end (docs/contract.md 3).

What a refused log-in leaves behind (the count of wrong passwords, the end of a family)
is committed apart, so it is tested on a live server: ``tests/api/test_live_auth.py``.
"""

import base64
import json
from datetime import timedelta

import jwt
from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from .common import password_hash
from .http_common import PASSWORD, AbsHttpCase


@tagged("post_install", "-at_install")
class TestAuth(AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for person in (cls.jean, cls.ama):
            person.sudo().password_hash = password_hash()

    def login(self, password=PASSWORD, **identity):
        identity = identity or {"email": self.jean.email}
        return self.call("POST", "/api/auth/login", {**identity, "password": password})

    def test_login_tells_who_and_where(self):
        body = self.login().body
        self.assertEqual(body["token_type"], "Bearer")
        self.assertEqual(body["expires_in"], 3600)
        self.assertEqual(body["employee"]["id"], self.jean.id)
        (membership,) = body["memberships"]
        self.assertEqual(membership["account"]["id"], self.sa_lom.id)
        self.assertEqual(membership["role_code"], "agent")
        self.assertEqual(membership["scope_policy"], "assigned_only")
        self.assertIs(membership["is_manager"], False)
        claims = jwt.decode(body["access_token"], options={"verify_signature": False})
        self.assertEqual(claims["iss"], "abs_connector/employee")
        self.assertEqual(claims["aud"], "abs-api")
        self.assertEqual(claims["sub"], str(self.jean.id))
        self.assertNotIn("Set-Cookie", self.login().headers)

    def test_login_by_phone_and_case(self):
        self.jean.phone = "+228 90 11 22 33"
        self.assertEqual(self.login(phone="+22890112233").status, 200)
        self.assertEqual(self.login(email=self.jean.email.upper()).status, 200)

    def test_wrong_and_unknown_say_the_same(self):
        wrong = self.login("not this one")
        unknown = self.login(email="nobody@abs.test")
        for answer in (wrong, unknown):
            self.assertEqual(answer.status, 401)
            self.assertEqual(answer.body["code"], "invalid_credentials")
        self.assertEqual(wrong.body["error"], unknown.body["error"])

    def test_right_password_clears_the_count(self):
        for _round in range(3):
            self.login("wrong-password")
            self.login("wrong-password")
            self.assertEqual(self.login().status, 200)

    def test_refresh_rotates(self):
        first = self.login().body
        body = {"refresh_token": first["refresh_token"]}
        second = self.ok("POST", "/api/auth/refresh", body)
        self.assertNotEqual(first["refresh_token"], second["refresh_token"])
        self.refused(401, "refresh_reused", "POST", "/api/auth/refresh", body)

    def test_a_lost_answer_is_asked_for_again(self):
        """Nobody is known yet: the key works with the same body only."""
        path, key = "/api/auth/refresh", {"headers": {"Idempotency-Key": "lost-1"}}
        spent = {"refresh_token": self.login().body["refresh_token"]}
        first = self.call("POST", path, spent, **key)
        again = self.call("POST", path, spent, **key)
        self.assertEqual((again.status, again.body), (200, first.body))
        self.assertEqual(again.headers["Idempotent-Replay"], "true")
        self.assertEqual(self.me(again.body["access_token"]).status, 200)
        stranger = {"refresh_token": self.login().body["refresh_token"]}
        other = self.call("POST", path, stranger, **key)
        self.assertEqual(other.status, 200)
        self.assertNotEqual(other.body["refresh_token"], first.body["refresh_token"])

    def me(self, token):
        headers = {"Authorization": f"Bearer {token}"}
        return self.call("GET", "/api/auth/me", headers=headers)

    def test_refresh_of_the_other_kind_is_refused(self):
        token = self.login().body["refresh_token"]
        self.refused(
            401, None, "POST", "/api/customer/auth/refresh", {"refresh_token": token}
        )

    def test_logout_ends_both_tokens(self):
        pair = self.login().body
        headers = {"Authorization": f"Bearer {pair['access_token']}"}
        self.ok("POST", "/api/auth/logout", {}, headers=headers)
        self.assertEqual(self.me(pair["access_token"]).status, 401)
        body = {"refresh_token": pair["refresh_token"]}
        self.refused(401, "refresh_invalid", "POST", "/api/auth/refresh", body)

    def test_expired(self):
        with freeze_time(fields.Datetime.now() - timedelta(hours=2)):
            token = self.token(self.jean)
        self.assertEqual(self.me(token).body["code"], "token_invalid")

    def test_servers_whose_clocks_differ_take_each_others_tokens(self):
        """The request is judged now; the token was made by a clock that goes ahead or
        behind. One that is a whole hour off stays refused."""
        now = fields.Datetime.now()
        life = self.env["abs.signing.key"]._lifetime()
        for seconds, status in (
            (30, 200),
            (-30, 200),
            (300, 401),
            # ended by the clock that is ahead, not yet by the one that made it
            (-life - 30, 200),
            (-life - 300, 401),
        ):
            for person, path in (
                (self.jean, "/api/auth/me"),
                (self.marie, "/api/customer/me"),
            ):
                self._tokens.clear()
                with freeze_time(now + timedelta(seconds=seconds)):
                    token = self.token(person)
                headers = {"Authorization": f"Bearer {token}"}
                answer = self.call("GET", path, headers=headers)
                self.assertEqual(answer.status, status, (seconds, path))

    def test_forged_tokens(self):
        token = self.token(self.jean)
        header, payload, signature = token.split(".")
        claims = jwt.decode(token, options={"verify_signature": False})

        def pack(value):
            text = json.dumps(value).encode()
            return base64.urlsafe_b64encode(text).rstrip(b"=").decode()

        kid = jwt.get_unverified_header(token)["kid"]
        none = pack({"alg": "none", "typ": "JWT", "kid": kid})
        customer = self.token(self.marie)
        forged = [
            f"{header}.{pack({**claims, 'sub': str(self.ama.id)})}.{signature}",
            f"{none}.{payload}.",
            f"{none}.{payload}.{signature}",
            f"{customer.split('.')[0]}.{payload}.{customer.split('.')[2]}",
            jwt.encode(claims, "guess" * 8, "HS256", headers={"kid": kid}),
            f"{pack({'alg': 'HS256', 'kid': ['x']})}.{payload}.{signature}",
            "x.y.z",
            "",
        ]
        for bad in forged:
            self.assertEqual(self.me(bad).status, 401, bad)
        self.assertEqual(self.me(token).status, 200)

    def test_end_of_membership_and_employee_bites_at_once(self):
        token = self.token(self.jean)
        self.assertEqual(
            self.me(token).body["memberships"][0]["account"]["id"], self.sa_lom.id
        )
        membership = self.env["ov.membership"].search(
            [("employee_id", "=", self.jean.id)]
        )
        membership.state = "suspended"
        self.assertEqual(self.me(token).body["memberships"], [])
        contacts = self.ok("GET", "/api/contacts", who=self.jean)
        ids = [row["id"] for row in contacts["items"]]
        self.assertNotIn(self.marie.id, ids)
        self.jean.active = False
        self.assertEqual(self.me(token).status, 401)

    def test_new_password_ends_tokens(self):
        token = self.token(self.jean)
        body = {"current_password": PASSWORD, "new_password": "another-Pass-2026"}
        pair = self.ok("POST", "/api/auth/change-password", body, who=self.jean)
        self.assertEqual(self.me(token).status, 401)
        self.assertEqual(self.me(pair["access_token"]).status, 200)
        self.assertEqual(self.login().status, 401)
        self.assertEqual(self.login("another-Pass-2026").status, 200)

    def test_customer_token_opens_no_employee_route(self):
        self.ok("GET", "/api/customer/me", who=self.marie)
        self.refused(403, "wrong_token_kind", "GET", "/api/contacts", who=self.marie)
        self.refused(403, "wrong_token_kind", "GET", "/api/customer/me", who=self.jean)

    def test_customer_login(self):
        self.customer_access(self.marie)._set_password(PASSWORD)
        body = {"email": self.marie.email, "password": PASSWORD}
        answer = self.ok("POST", "/api/customer/auth/login", body)
        self.assertEqual(answer["customer"]["id"], self.marie.id)
        headers = {"Authorization": f"Bearer {answer['access_token']}"}
        me = self.ok("GET", "/api/customer/me", headers=headers)
        self.assertEqual(me["customer"]["id"], self.marie.id)

    def test_keys_of_the_ring_rotate_without_logging_out(self):
        token = self.token(self.jean)
        ring = self.env["abs.signing.key"]
        ring.search([("kind", "=", "employee")]).action_rotate()
        self.assertEqual(self.me(token).status, 200)
        new = self.login().body["access_token"]
        self.assertNotEqual(
            jwt.get_unverified_header(new)["kid"],
            jwt.get_unverified_header(token)["kid"],
        )
        ring.search([("state", "=", "verifying")]).state = "retired"
        self.assertEqual(self.me(token).status, 401)
        self.assertEqual(self.me(new).status, 200)

    def test_old_keys_of_the_ring_retire(self):
        ring = self.env["abs.signing.key"]
        old = ring.search([("kind", "=", "employee"), ("state", "=", "signing")])
        old.action_rotate()
        ring._gc()
        self.assertEqual(old.state, "verifying", "its tokens may still be alive")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE abs_signing_key SET write_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days=2), old.id],
        )
        self.env.invalidate_all()
        ring._gc()
        self.assertEqual(old.state, "retired")
        self.assertEqual(ring._signing("employee")[0], ring.search([], limit=1).kid)

    def test_a_weak_new_password_is_no_wrong_one(self):
        body = {"current_password": PASSWORD, "new_password": "short"}
        for _round in range(7):
            said = self.refused(
                *(400, "weak_password", "POST", "/api/auth/change-password", body),
                who=self.jean,
            )
            self.assertEqual(said["details"][0]["field"], "new_password")
        self.assertEqual(self.login().status, 200)

    def test_api_key_scopes_expiry_and_rotation(self):
        value = self.api_key(can_write=False)
        key = self.env["abs.api.key"].search([], order="id desc", limit=1)
        self.ok("GET", "/api/contacts", key=value)
        contact = {"name": "From outside"}
        self.refused(403, "scope_required", "POST", "/api/contacts", contact, key=value)
        self.refused(401, "api_key_invalid", "GET", "/api/contacts", key="abs_wrong")
        renewed = key._generate()
        for each in (value, renewed):
            self.ok("GET", "/api/contacts", key=each)
        key.old_valid_until = fields.Datetime.now() - timedelta(seconds=1)
        self.refused(401, "api_key_invalid", "GET", "/api/contacts", key=value)
        key.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.refused(401, "api_key_invalid", "GET", "/api/contacts", key=renewed)
        self.assertNotIn(renewed, str(key.read(["digest", "old_digest", "prefix"])))

    def test_sa_header(self):
        self.refused(
            403, "sa_forbidden", "GET", "/api/contacts", who=self.jean, sa=self.sa_kar
        )
        headers = {"X-SA-ID": "one"}
        self.refused(
            400, "invalid_input", "GET", "/api/contacts", who=self.jean, headers=headers
        )
