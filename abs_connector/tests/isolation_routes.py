"""What each readable route tells of: the table that the random walk goes by.

A new route fails ``test_random_isolation`` until it stands here.
"""

#: lists: kind, which of the rows are in the list at all, filters
LISTS = {
    "/api/contacts": ("contact", "listed", ("sa_id", "actor_id", "q")),
    "/api/orders": ("order", None, ("sa_id", "actor_id", "partner_id", "state", "q")),
    "/api/invoices": ("invoice", None, ("sa_id", "actor_id", "partner_id", "state")),
    "/api/payments": ("payment", None, ("sa_id", "actor_id", "partner_id")),
    "/api/payments/attempts": ("attempt", None, ("order_id", "invoice_id", "state")),
    "/api/payment-requests": ("request", None, ("order_id", "state")),
    "/api/assets": ("asset", None, ("sa_id", "actor_id", "state", "order_id")),
    "/api/repairs": ("repair", None, ("state",)),
    "/api/tickets": ("ticket", None, ("sa_id",)),
    "/api/subscriptions": (
        "subscription",
        None,
        ("sa_id", "actor_id", "partner_id", "state"),
    ),
    "/api/stock/deliveries": ("picking", "outbound", ()),
    "/api/stock/receipts": ("picking", "inbound", ()),
    "/api/stock/lots": ("lot", None, ()),
    "/api/stock/movements": ("movement", None, ()),
    "/api/warehouses": ("warehouse", None, ()),
    "/api/customer/orders": ("order", None, ()),
    "/api/customer/invoices": ("invoice", "posted", ()),
    "/api/customer/payments": ("payment", None, ()),
    "/api/customer/assets": ("asset", None, ("state",)),
    "/api/customer/tickets": ("ticket", None, ()),
    "/api/customer/subscriptions": ("subscription", None, ("state",)),
}
#: one record, and what hangs below it
DETAILS = {
    "/api/contacts/<int:contact>": "contact",
    "/api/contacts/<int:contact>/assignments": "contact",
    "/api/orders/<int:order>": "order",
    "/api/orders/<int:order>/invoices": "order",
    "/api/orders/<int:order>/proforma-pdf": "order",
    "/api/invoices/<int:invoice>": "invoice",
    "/api/invoices/<int:invoice>/pdf": "invoice",
    "/api/customers/<int:customer>/invoices": "contact",
    "/api/customers/<int:customer>/invoices/pending": "contact",
    "/api/customers/<int:customer>/payments": "contact",
    "/api/customers/<int:customer>/next-payment": "contact",
    "/api/customers/<int:customer>/dashboard": "contact",
    "/api/payments/<int:payment>": "payment",
    "/api/payments/attempts/<int:attempt>": "attempt",
    "/api/payment-requests/<int:record>": "request",
    "/api/assets/<int:asset>": "asset",
    "/api/repairs/<int:repair>": "repair",
    "/api/tickets/<int:ticket>": "ticket",
    "/api/subscriptions/<int:subscription>": "subscription",
    "/api/subscriptions/<int:subscription>/equity": "subscription",
    "/api/subscription/status/<path:code>": "subscription",
    "/api/customer/subscriptions/<int:subscription>": "subscription",
    "/api/relationships/customers/<int:customer>": "contact",
    "/api/relationships/subscriptions/<path:code>": "subscription",
    "/api/relationships/serials/<path:name>": "lot",
    "/api/stock/lots/<path:lot_name>": "lot",
    "/api/stock/deliveries/<int:delivery>": "picking",
    "/api/stock/receipts/<int:receipt>": "picking",
}
#: accounts, people and figures: each has a check of its own
GOVERNANCE = {
    "/api/service-accounts",
    "/api/service-accounts/<int:account>",
    "/api/service-accounts/<int:account>/members",
    "/api/system/sa-hierarchy",
    "/api/employees",
    "/api/employees/<int:employee>",
    "/api/reports/sa-summary",
    "/api/auth/me",
    "/api/customer/me",
}
#: the catalogue and the system: no record of anybody, and no word of one
SHARED = {
    "/api/products",
    "/api/products/categories",
    "/api/products/<path:ref>",
    "/api/products/<path:ref>/bom",
    "/api/taxes",
    "/api/outlets",
    "/api/journals",
    "/api/payment-terms",
    "/api/pricelists",
    "/api/ticket-stages",
    "/api/locations",
    "/api/currencies",
    "/api/countries",
    "/api/subscription-plans",
    "/api/stock/levels",
    "/api/stock/levels/<int:product>",
    "/api/system/global-root",
    "/api/system/readiness",
}
PUBLIC = {"/api/system/health", "/api/openapi.json", "/api/docs"}
#: a page is drawn for a second: asked for only where the answer is 404
DRAWN = {"/api/orders/<int:order>/proforma-pdf", "/api/invoices/<int:invoice>/pdf"}
FLOWS = {
    "/api/stock/deliveries/<int:delivery>": ("delivery",),
    "/api/stock/receipts/<int:receipt>": ("receipt", "return", "transfer"),
}
#: the kinds of what stands in answers, by its name there
NESTED = {
    "order": "order",
    "orders": "order",
    "sale_order": "order",
    "invoice": "invoice",
    "invoices": "invoice",
    "credited_invoice": "invoice",
    "payment": "payment",
    "payments": "payment",
    "payment_request": "request",
    "attempts": "attempt",
    "delivery": "picking",
    "deliveries": "picking",
    "picking": "picking",
    "pickings": "picking",
    "backorders": "picking",
    "backorder_of": "picking",
    "asset": "asset",
    "assets": "asset",
    "loaner_asset": "asset",
    "loaner_for": "asset",
    "ticket": "ticket",
    "tickets": "ticket",
    "repair": "repair",
    "repairs": "repair",
    "requests": "maintenance",
    "maintenance_requests": "maintenance",
    "subscription": "subscription",
    "subscriptions": "subscription",
    "contact": "contact",
}
#: what a record links to, answered in full as far as it is seen
WHOLE = {
    "/api/relationships/customers/<int:customer>": (
        ("orders", "order"),
        ("assets", "asset"),
        ("tickets", "ticket"),
        ("invoices", "invoice"),
        ("subscriptions", "subscription"),
    ),
}
