"""1.2.0: who set a password is noted from now on; of those that are there nobody knows.

They go on working where their people work, and end when these are enrolled elsewhere.
"""


def migrate(cr, version):
    cr.execute(
        "UPDATE abs_employee SET password_by = 'unknown' "
        " WHERE password_hash IS NOT NULL AND password_by IS NULL"
    )
