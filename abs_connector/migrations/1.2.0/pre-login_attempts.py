"""Wrong passwords are counted without rows from 1.2.0 on."""


def migrate(cr, version):
    cr.execute("DROP TABLE IF EXISTS abs_login_attempt CASCADE")
