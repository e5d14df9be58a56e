"""1.2.0: one log-in per customer, in the database; merging contacts could leave two.

The one that opens, and was used to it last, stays.
"""


def migrate(cr, version):
    cr.execute(
        "WITH ranked AS (SELECT id, row_number() OVER (PARTITION BY partner_id "
        "         ORDER BY active DESC, password_hash IS NULL, write_date DESC, id) "
        "         AS place FROM abs_customer_access) "
        "DELETE FROM abs_customer_access a USING ranked r "
        " WHERE r.id = a.id AND r.place > 1"
    )
