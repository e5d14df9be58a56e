"""The lock-out when guesses come at once: real transactions, not the test's one."""

import threading

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

from ..exceptions import TooManyRequests

IDENTITY = "guessed.at.once@test.abs"


@tagged("post_install", "-at_install")
class TestLoginAttempts(TransactionCase):
    def attempts(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})["abs.login.attempt"]

    def tearDown(self):
        with self.env.registry.cursor() as cr:
            attempts = self.attempts(cr)
            digest = attempts._digest("employee", IDENTITY)
            attempts.search([("identity", "=", digest)]).unlink()
        super().tearDown()

    def guess(self, right=False, said=None):
        """Guess in a transaction of its own; note what came of it in ``said``."""
        try:
            with self.env.registry.cursor() as cr:
                attempts = self.attempts(cr)
                result = attempts._check("employee", IDENTITY, lambda: right)
        except TooManyRequests:
            result = "locked"
        if said is not None:
            said.append(result)
        return result

    def waiting(self, cr):
        cr.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = %s)",
            [cr.dbname],
        )
        return cr.fetchone()[0]

    def test_guesses_that_waited_see_those_before_them(self):
        for _time in range(4):
            self.assertIs(self.guess(), False)
        said = []
        threads = [
            threading.Thread(target=self.guess, kwargs={"said": said})
            for _number in range(3)
        ]
        with self.env.registry.cursor() as cr:
            digest = self.attempts(cr)._digest("employee", IDENTITY)
            cr.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest]
            )
            for thread in threads:
                thread.start()
            while self.waiting(cr) < len(threads):
                self.assertTrue(any(thread.is_alive() for thread in threads))
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(said, key=str), [False, "locked", "locked"])

    def test_right_passwords_are_not_counted(self):
        """Not even for the moment: many at once would lock each other out."""
        seen = []

        def right():
            with self.env.registry.cursor() as cr:
                attempts = self.attempts(cr)
                digest = attempts._digest("employee", IDENTITY)
                seen.append(attempts.search_count([("identity", "=", digest)]))
            return True

        with self.env.registry.cursor() as cr:
            self.assertTrue(self.attempts(cr)._check("employee", IDENTITY, right))
        self.assertEqual(seen, [0])
        self.assertIs(self.guess(), False)
        self.assertIs(self.guess(right=True), True)
        for _time in range(5):
            self.assertIs(self.guess(), False, "the right one clears the count")
        self.assertEqual(self.guess(right=True), "locked")
