"""The limits before a password is checked: exact when guesses come at once, bounded when
they come from everywhere, and the same whoever is guessed at."""

import tempfile
import threading
from pathlib import Path
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from passlib.hash import pbkdf2_sha512

from ..exceptions import TooManyRequests
from ..models.auth import abs_credential_mixin as credentials
from ..models.auth import abs_login_attempt_gate as login_gate
from ..models.auth.abs_login_attempt_gate import GATES, Busy, Gate, Locked, source_of
from .http_common import PASSWORD, AbsHttpCase

IDENTITY = "guessed.at.once@test.abs"
HOME = "192.0.2.7"


@tagged("post_install", "-at_install")
class TestLoginGate(TransactionCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name, "filestore", "gate")
        self.gate = Gate(self.path)

    def guess(self, right=False, identity=IDENTITY, source=HOME, gate=None):
        """Return what came of a guess: True, False, "locked" or "busy"."""
        try:
            with (gate or self.gate).check(identity, source) as passed:
                if right:
                    passed()
        except Locked:
            return "locked"
        except Busy:
            return "busy"
        return right

    def test_five_wrong_ones_lock_an_identity(self):
        said = [self.guess() for _time in range(6)]
        self.assertEqual(said, [False] * 5 + ["locked"])
        self.assertEqual(self.guess(right=True), "locked")
        self.assertIs(self.guess(identity="another"), False)

    def test_another_process_counts_on(self):
        for _time in range(5):
            self.guess()
        self.assertEqual(self.guess(gate=Gate(self.path)), "locked")

    def test_guesses_at_once_are_never_more_than_five(self):
        for _time in range(4):
            self.assertIs(self.guess(), False)
        with self.gate.check(IDENTITY, HOME):  # the fifth still runs
            self.assertEqual(self.guess(), "busy")
            self.assertEqual(self.guess(right=True), "busy")
        self.assertEqual(self.guess(), "locked")

    def test_right_passwords_are_not_counted(self):
        """Not even for the moment: many at once would lock each other out."""
        with self.gate.check(IDENTITY, HOME) as first:
            with self.gate.check(IDENTITY, HOME) as second:
                self.assertIs(self.guess(right=True), True)
                second()
            first()
        for _time in range(5):
            self.assertIs(self.guess(), False, "the right one clears the count")
        self.assertEqual(self.guess(right=True), "locked")

    def test_a_check_that_breaks_is_no_guess(self):
        for _time in range(40):
            with self.assertRaises(ZeroDivisionError):
                with self.gate.check(IDENTITY, HOME):
                    raise ZeroDivisionError
        self.assertIs(self.guess(), False)

    def test_a_source_waits_and_others_do_not(self):
        """Whoever it invents; and right passwords from there cost nothing."""
        said = [self.guess(identity=f"nobody-{n}") for n in range(40)]
        self.assertEqual(said, [False] * 30 + ["busy"] * 10)
        self.assertIs(self.guess(identity="nobody", source="192.0.2.8"), False)
        later = login_gate.time.time() + 2 * login_gate.INTERVAL + 0.1
        with patch.object(login_gate.time, "time", lambda: later):
            for number in range(40):
                self.assertIs(self.guess(True, f"somebody-{number}"), True)
            said = [self.guess(identity=f"nobody-{n}") for n in range(50, 54)]
        self.assertEqual(said, [False, False, "busy", "busy"])

    def test_one_source(self):
        self.assertEqual(source_of("2001:db8::1"), source_of("2001:db8::ffff:1"))
        self.assertNotEqual(source_of("2001:db8::1"), source_of("2001:db8:0:1::1"))
        self.assertEqual(source_of("::ffff:192.0.2.7"), "192.0.2.7")
        self.assertEqual(source_of(None), source_of(""))

    def test_places_are_bounded(self):
        """In bad times nobody waits for one; in calm times until one is free."""
        self.guess(identity="somebody was wrong")
        self.startPatcher(patch.object(login_gate, "_THREADS", 1))
        with self.gate.check(IDENTITY, HOME):
            self.assertEqual(self.guess(identity="another"), "busy")
        self.startPatcher(patch.object(login_gate, "_CALM", 0))
        said = []

        def wait():
            said.append(self.guess(right=True, identity="another"))

        with self.gate.check(IDENTITY, HOME) as passed:
            thread = threading.Thread(target=wait)
            thread.start()
            passed()
        thread.join()
        self.assertEqual(said, [True])

    def test_a_crowd_of_strangers_leaves_no_more_than_a_file(self):
        for number in range(2000):
            self.guess(identity=f"nobody-{number}", source=f"10.0.{number % 250}.1")
        limit = login_gate._IDENTITIES_AT + 2**16 * 40
        self.assertLessEqual(self.path.stat().st_size, limit)
        self.assertNotIn(b"nobody", self.path.read_bytes())
        self.assertTrue(self.env["abs.login.attempt"]._abstract, "it has no table")

    def test_without_a_file_each_process_counts(self):
        self.path.parent.write_text("a file where the folder should be")
        with self.assertLogs(login_gate.__name__, "WARNING"):
            said = [self.guess() for _time in range(6)]
        self.assertEqual(said, [False] * 5 + ["locked"])


@tagged("post_install", "-at_install")
class TestLoginLimits(AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jean.sudo().password_hash = pbkdf2_sha512.using(rounds=1500).hash(PASSWORD)

    def setUp(self):
        super().setUp()
        credentials._COSTS.clear()
        self.addCleanup(credentials._COSTS.clear)

    def login(self, email, password="wrong-password", kind="", headers=None):
        body = {"email": email, "password": password}
        path = f"/api{kind}/auth/login"
        return self.call("POST", path, body, headers=headers or {})

    def checks(self, email, password="wrong-password", kind=""):
        """Return what a log-in cost: the rounds of each hash, in order."""
        spent, verify = [], credentials.CRYPT.verify

        def counted(secret, hashed):
            spent.append(pbkdf2_sha512.from_string(hashed).rounds)
            return verify(secret, hashed)

        with patch.object(credentials.CRYPT, "verify", counted):
            answer = self.login(email, password, kind)
        self.assertEqual(answer.status, 401, answer.text)
        return spent

    def test_everybody_costs_the_same(self):
        """Nobody, somebody without a password, the deactivated, old and new hashes."""
        people = self.env["abs.employee"].sudo()
        for number, vals in enumerate(
            (
                {"password_hash": False},
                {"password_hash": "not a hash"},
                {"active": False},
                {"password_hash": credentials.CRYPT.hash(PASSWORD)},
            )
        ):
            vals = {"email": f"case-{number}@test.abs", **vals}
            people.create({"name": "Case", "company_id": self.togo.id, **vals})
        access = self.customer_access(self.marie)
        access.password_hash = pbkdf2_sha512.using(rounds=1700).hash(PASSWORD)
        credentials._COSTS.clear()
        costs = self.checks("nobody@test.abs")
        self.assertEqual(costs, sorted(costs))
        self.assertLessEqual({1500, 1700, credentials.ROUNDS}, set(costs))
        for number in range(4):
            self.assertEqual(self.checks(f"case-{number}@test.abs"), costs, number)
        self.assertEqual(self.checks(self.jean.email), costs)
        self.assertEqual(self.checks(self.marie.email), costs, "no customer here")
        for email in (self.marie.email, "nobody@test.abs", self.jean.email):
            self.assertEqual(self.checks(email, kind="/customer"), costs)
        # A dear hash that came from elsewhere, such as a restored row.
        self.jean.password_hash = pbkdf2_sha512.using(rounds=1900).hash(PASSWORD)
        self.checks(self.jean.email)
        costs = self.checks("nobody@test.abs")
        self.assertIn(1900, costs)
        self.assertEqual(self.checks(self.jean.email), costs)

    def test_the_locked_cost_nothing(self):
        for email in (self.jean.email, "nobody@test.abs"):
            for _time in range(5):
                self.assertEqual(self.login(email).status, 401)
            with patch.object(credentials.CRYPT, "verify") as verify:
                answer = self.login(email, PASSWORD)
            self.assertEqual(answer.body["code"], "too_many_attempts")
            verify.assert_not_called()

    def test_an_old_hash_is_renewed_at_the_log_in(self):
        before = self.login(self.jean.email, PASSWORD).body
        renewed = self.jean.sudo().password_hash
        self.assertEqual(credentials._rounds(renewed), credentials.ROUNDS)
        self.assertEqual(self.login(self.jean.email).status, 401)
        self.assertEqual(self.login(self.jean.email, PASSWORD).status, 200)
        self.assertEqual(self.jean.sudo().password_hash, renewed)
        token = {"Authorization": f"Bearer {before['access_token']}"}
        self.ok("GET", "/api/auth/me", headers=token)  # the sessions go on

    def test_a_busy_source_is_told_when_to_come_back(self):
        attempts = self.env["abs.login.attempt"]
        self.startPatcher(patch.object(login_gate, "INTERVAL", 60))
        for number in range(30):
            name = f"nobody-{number}@test.abs"
            attempts._check("employee", name, lambda: False, "127.0.0.1")
        with self.assertRaises(TooManyRequests):
            attempts._check("employee", "x@test.abs", lambda: True, "127.0.0.1")
        with patch.object(credentials.CRYPT, "verify") as verify:
            answer = self.login(
                "nobody@test.abs", headers={"X-Forwarded-For": "198.51.100.9"}
            )
        verify.assert_not_called()
        self.assertEqual(answer.status, 429, "who is no proxy is not believed")
        self.assertEqual(answer.body["code"], "too_many_requests")
        self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
        attempts._check("employee", "x@test.abs", lambda: True, "198.51.100.9")
        self.assertIn(self.env.cr.dbname, GATES)
