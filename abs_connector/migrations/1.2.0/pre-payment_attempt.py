"""1.2.0: receipts and tokens of attempts are unique by indexes that are no keys.

The constraints of before would stay beside them: they made equal callbacks wait for
each other until one was killed.
"""

GONE = ("token", "receipt", "request", "report", "payment")


def migrate(cr, version):
    for name in GONE:
        cr.execute(
            "ALTER TABLE IF EXISTS abs_payment_attempt "
            f"DROP CONSTRAINT IF EXISTS abs_payment_attempt_{name}_unique"
        )
