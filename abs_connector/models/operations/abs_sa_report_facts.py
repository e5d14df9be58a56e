"""The SQL of the facts behind `abs.sa.report`; each figure is explained there.

A branch selects the columns that it has; ``{rest}`` becomes the others, as NULLs.
"""

# What a time is at a company: res.company._abs_tz, in SQL.
ZONE = """
    zone AS (
    SELECT c.id AS company_id, COALESCE(p.tz, 'UTC') AS tz,
           ({now} AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(p.tz, 'UTC'))::date AS today
      FROM res_company c JOIN res_partner p ON p.id = c.partner_id),
"""
ORDERS = """
    SELECT l.id::bigint * 10 AS id, {day} AS date, o.company_id,
           o.currency_id, o.partner_id, o.x_sa_id, o.x_actor_id, l.product_id,
           o.id AS order_id, l.price_total AS order_total, {rest}
      FROM sale_order o
      JOIN sale_order_line l ON l.order_id = o.id
      JOIN zone ON zone.company_id = o.company_id
     WHERE o.state = 'sale' AND l.display_type IS NULL
"""
# One row per product line of an invoice or credit note.
INVOICES = """
    SELECT l.id::bigint * 10 + 1 AS id, m.date, m.company_id, m.currency_id,
           m.partner_id, m.x_sa_id, m.x_actor_id, l.product_id,
           -l.amount_currency AS revenue,
           open.billed * share.part AS invoiced,
           open.residual * share.part AS outstanding,
           open.overdue * share.part AS overdue, {rest}
      FROM account_move m
      JOIN zone ON zone.company_id = m.company_id
      JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
      JOIN LATERAL (
            SELECT SUM(w.price_total) AS total, MIN(w.id) AS first
              FROM account_move_line w
             WHERE w.move_id = m.id AND w.display_type = 'product') whole ON TRUE
      JOIN LATERAL (
            SELECT COALESCE(l.price_total / NULLIF(whole.total, 0),
                            (l.id = whole.first)::integer) AS part) share ON TRUE
      JOIN LATERAL (
            SELECT SUM(r.amount_currency) AS billed,
                   SUM(r.amount_residual_currency) AS residual,
                   SUM(r.amount_residual_currency) FILTER (
                       WHERE r.amount_residual_currency > 0
                         AND m.move_type = 'out_invoice'
                         AND r.date_maturity < zone.today) AS overdue
              FROM account_move_line r
              JOIN account_account a ON a.id = r.account_id
             WHERE r.move_id = m.id AND a.account_type = 'asset_receivable'
           ) open ON TRUE
     WHERE m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund')
"""
# What payments are: the receivable items of bank and cash entries. Those of a payment
# also hold what it writes off: ``part`` of them is its money.
PAID = """
    paid AS (
    SELECT p.id, p.date, p.company_id, p.currency_id, p.partner_id,
           COALESCE(pay.x_sa_id, m.x_sa_id) AS x_sa_id,
           COALESCE(pay.x_actor_id, m.x_actor_id) AS x_actor_id,
           -p.amount_currency * money.part AS amount, money.part
      FROM account_move_line p
      JOIN account_account a ON a.id = p.account_id
      JOIN account_journal j ON j.id = p.journal_id
      JOIN account_move m ON m.id = p.move_id
 LEFT JOIN account_move undone ON undone.id = m.reversed_entry_id
 LEFT JOIN account_payment pay
        ON pay.id = COALESCE(m.origin_payment_id, undone.origin_payment_id)
      JOIN LATERAL (
            SELECT COALESCE(pay.amount / NULLIF(ABS(SUM(w.amount_currency)), 0), 1)
                   AS part
              FROM account_move_line w
              JOIN account_account wa ON wa.id = w.account_id
             WHERE w.move_id = pay.move_id AND wa.account_type = 'asset_receivable'
           ) money ON TRUE
     WHERE p.parent_state = 'posted' AND a.account_type = 'asset_receivable'
       AND j.type IN ('bank', 'cash', 'credit')),
    applied AS (
    SELECT p.id, pr.id AS partial_id, inv.id AS invoice_id, inv.x_sa_id, inv.x_actor_id,
           p.part * CASE WHEN pr.credit_move_id = p.id THEN pr.credit_amount_currency
                         ELSE -pr.debit_amount_currency END AS amount
      FROM paid p
      JOIN account_partial_reconcile pr
        ON pr.credit_move_id = p.id OR pr.debit_move_id = p.id
      JOIN account_move_line other
        ON other.id = CASE WHEN pr.credit_move_id = p.id THEN pr.debit_move_id
                           ELSE pr.credit_move_id END
      JOIN account_move inv ON inv.id = other.move_id
       AND inv.move_type IN ('out_invoice', 'out_refund')),
    split AS (
    SELECT ap.id, ap.partial_id, ap.x_sa_id, ap.x_actor_id, l.id AS line_id, l.product_id,
           ap.amount * COALESCE(l.price_total / NULLIF(whole.total, 0),
                                (l.id = whole.first)::integer) AS amount
      FROM applied ap
      JOIN account_move_line l
        ON l.move_id = ap.invoice_id AND l.display_type = 'product'
      JOIN LATERAL (
            SELECT SUM(w.price_total) AS total, MIN(w.id) AS first
              FROM account_move_line w
             WHERE w.move_id = ap.invoice_id AND w.display_type = 'product'
           ) whole ON TRUE)
"""
COLLECTED = """
    SELECT -((s.partial_id::bigint << 31) + s.line_id) AS id, p.date, p.company_id,
           p.currency_id, p.partner_id, COALESCE(p.x_sa_id, s.x_sa_id) AS x_sa_id,
           CASE WHEN p.x_sa_id IS NULL THEN s.x_actor_id ELSE p.x_actor_id
            END AS x_actor_id, s.product_id, s.amount AS collected, {rest}
      FROM paid p JOIN split s ON s.id = p.id
"""
ON_ACCOUNT = """
    SELECT p.id::bigint * 10 + 2 AS id, p.date, p.company_id, p.currency_id,
           p.partner_id, p.x_sa_id, p.x_actor_id, NULL::integer AS product_id,
           p.amount - COALESCE((SELECT SUM(s.amount) FROM split s
                                 WHERE s.id = p.id), 0) AS collected, {rest}
      FROM paid p
"""
DEPLOYED = """
    SELECT l.id::bigint * 10 + 3 AS id, {day} AS date, l.company_id,
           NULL::integer AS currency_id, k.partner_id,
           COALESCE(k.x_sa_id, lot.x_sa_id) AS x_sa_id,
           COALESCE(k.x_actor_id, lot.x_actor_id) AS x_actor_id, l.product_id,
           CASE WHEN {out} THEN l.quantity_product_uom
                ELSE -l.quantity_product_uom END AS units_deployed, {rest}
      FROM stock_move_line l
      JOIN zone ON zone.company_id = l.company_id
      JOIN product_product pp ON pp.id = l.product_id
      JOIN product_template pt ON pt.id = pp.product_tmpl_id AND pt.tracking = 'serial'
      JOIN stock_location src ON src.id = l.location_id
      JOIN stock_location dst ON dst.id = l.location_dest_id
 LEFT JOIN stock_picking k ON k.id = l.picking_id
 LEFT JOIN stock_lot lot ON lot.id = l.lot_id
     WHERE l.state = 'done' AND {out} <> {back}
"""
# Contacts have no company of their own as a rule: then it is that of their SA.
CUSTOMERS = """
    SELECT p.id::bigint * 10 + 4 AS id, {day} AS date,
           COALESCE(p.company_id, sa.company_id) AS company_id,
           NULL::integer AS currency_id, p.id AS partner_id, p.x_sa_id, p.x_actor_id,
           NULL::integer AS product_id, 1 AS new_customers, {rest}
      FROM res_partner p
 LEFT JOIN ov_serviced_account sa ON sa.id = p.x_sa_id
 LEFT JOIN zone ON zone.company_id = COALESCE(p.company_id, sa.company_id)
     WHERE p.customer_rank > 0 AND p.active
"""
TICKETS = """
    SELECT t.id::bigint * 10 + 5 AS id, {day} AS date, t.company_id,
           NULL::integer AS currency_id, t.partner_id, t.x_sa_id, t.x_actor_id,
           NULL::integer AS product_id, 1 AS open_tickets, {rest}
      FROM helpdesk_ticket t
 LEFT JOIN zone ON zone.company_id = t.company_id
 LEFT JOIN helpdesk_ticket_stage s ON s.id = t.stage_id
     WHERE t.active AND COALESCE(s.closed, FALSE) = FALSE
"""
# Branch -> the time that becomes its date, and the measures that it gives; the others
# are NULL in it.
BRANCHES = (
    (ORDERS, "o.date_order", ("order_id", "order_total")),
    (INVOICES, None, ("revenue", "invoiced", "outstanding", "overdue")),
    (COLLECTED, None, ("collected",)),
    (ON_ACCOUNT, None, ("collected",)),
    (DEPLOYED, "l.date", ("units_deployed",)),
    (CUSTOMERS, "p.create_date", ("new_customers",)),
    (TICKETS, "t.create_date", ("open_tickets",)),
)
DAY = "({time} AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(zone.tz, 'UTC'))::date"
