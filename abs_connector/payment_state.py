"""The payment state of an invoice: the ledger's words and the API's, told once."""

#: What the ledger says of a payment, and what the API calls it (docs/contract.md 5).
PAYMENT_STATES = {
    "not_paid": "not_paid",
    "blocked": "not_paid",
    "partial": "partial",
    "in_payment": "paid",
    "paid": "paid",
    "reversed": "reversed",
    "invoicing_legacy": "paid",
}


def ledger_states(*words: str) -> tuple[str, ...]:
    """Return the payment states of the ledger that the API calls by these words."""
    return tuple(state for state, word in PAYMENT_STATES.items() if word in words)


#: Something is left to pay.
UNPAID = ledger_states("not_paid", "partial")
