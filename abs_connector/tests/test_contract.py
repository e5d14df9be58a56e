"""A whole lease-to-own, month by month, against a table written by hand (issue 4)."""

import datetime as dt

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from odoo.tests import tagged

from .subscription_common import SyncCase


@tagged("post_install", "-at_install")
class TestContract(SyncCase):
    """36 months, with a pause, a missed payment and a swap (issue 4)."""

    START = dt.date(2027, 1, 31)

    #: grid month -> (billed, paid, invoiced, owed, equity) after that month's payments,
    #: by hand: an invoice and a payment are 23,600, 60 % of which is 14,160. Month 7 is
    #: paused. The period of month 12 is paid in month 14. The 36th payment would make
    #: 509,760 of equity: it ends at the equipment's value.
    TABLE = {
        1: (1, 1, 23600, 0, 14160),
        2: (2, 2, 47200, 0, 28320),
        6: (6, 6, 141600, 0, 84960),
        7: (6, 6, 141600, 0, 84960),
        8: (7, 7, 165200, 0, 99120),
        11: (10, 10, 236000, 0, 141600),
        12: (11, 10, 259600, 23600, 141600),
        13: (12, 11, 283200, 23600, 155760),
        14: (13, 13, 306800, 0, 184080),
        19: (18, 18, 424800, 0, 254880),
        20: (19, 19, 448400, 0, 269040),
        21: (20, 20, 472000, 0, 283200),
        30: (29, 29, 684400, 0, 410640),
        36: (35, 35, 826000, 0, 495600),
        37: (36, 36, 849600, 0, 500000),
    }
    #: grid month -> date of the invoice that it brings
    DATES = {
        1: "2027-01-31",
        2: "2027-02-28",
        6: "2027-06-30",
        8: "2027-08-31",
        14: "2028-02-29",
        21: "2028-09-30",
        37: "2030-01-31",
    }
    LAST = 37  # the paused month moved the end by one

    def month(self, number):
        return self.START + relativedelta(months=number - 1)

    def test_36_months(self):
        self.receive(self.bike, ["LOAN"])
        pool = self.env["stock.location"]._abs_location(self.togo, "loaner_pool")
        self.lot("LOAN")._abs_asset_move(pool, self.togo)
        with freeze_time(self.START):
            sub = self.lease("B-1")
            asset = sub.asset_ids
        self.assertEqual(sub.end_date, dt.date(2030, 1, 30))
        for number in range(1, self.LAST + 1):
            with freeze_time(self.month(number)):
                self.run_month(sub, asset, number)
            if number in self.TABLE:
                self.check_month(sub, number)
            if number in self.DATES:
                last = sub.invoice_ids.sorted("invoice_date")[-1:]
                self.assertEqual(str(last.invoice_date), self.DATES[number])
            if number < self.LAST:
                self.assertFalse(sub.is_transfer_due)
        self.check_end(sub, asset)

    def check_month(self, sub, number):
        """The contract says what the table says, and Odoo's ledger owes the same."""
        ledger = self.marie.with_company(self.togo)
        ledger.invalidate_recordset(["credit"])
        got = (
            sub.billed_periods,
            sub.paid_periods,
            sub.billed_amount,
            sub.residual_amount,
            sub.equity,
        )
        self.assertEqual(got, self.TABLE[number], f"month {number}")
        self.assertEqual(ledger.credit, self.TABLE[number][3], f"month {number}")

    def run_month(self, sub, asset, number):
        if number == 7:
            sub._api_pause("travels")
            return
        if number == 8:
            sub._api_resume()
        self.run_billing()
        if number == 20:
            asset._api_swap(loaner_serial="LOAN", reason="brake")
        if number == 21:
            asset._api_swap_return()
        if number == 12:
            return  # misses the payment
        unpaid = sub.invoice_ids.filtered("amount_residual").sorted("invoice_date")
        if number == 13:
            unpaid = unpaid[-1:]
        for move in unpaid:
            self.pay(move)

    def test_pause_on_the_billing_day(self):
        """A pause that begins on a billing day, before the run, skips that period."""
        with freeze_time(self.START):
            sub = self.lease("B-1")
        with freeze_time(self.month(2)):
            sub._api_pause()
            self.assertEqual(sub.billed_periods, 1)

    def check_end(self, sub, asset):
        self.assertEqual(sub.skipped_periods, 1)
        self.assertEqual(sub.end_date, dt.date(2030, 2, 27))
        self.assertEqual(len(sub.invoice_ids), 36)
        self.assertEqual(sum(sub.invoice_ids.mapped("amount_total")), 849600)
        self.assertEqual(sum(sub.invoice_ids.mapped("amount_residual")), 0)
        self.assertEqual((sub.paid_amount, sub.residual_amount), (849600, 0))
        payments = sub.invoice_ids.matched_payment_ids
        self.assertEqual(len(payments), 36)
        self.assertEqual(sum(payments.mapped("amount")), 849600)
        receivable = self.env["account.move.line"]._read_group(
            [
                ("partner_id", "=", self.marie.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ],
            [],
            ["balance:sum", "debit:sum"],
        )[0]
        self.assertEqual(receivable, (0.0, 849600.0))
        self.assertTrue(sub.is_transfer_due)
        with freeze_time(self.month(self.LAST)):
            sub._api_ownership_transfer("own")
        lot = self.lot("B-1")
        self.assertEqual(lot.location_id, self.marie.property_stock_customer)
        self.assertEqual((sub.state, asset.state), ("expired", "transferred"))
        self.assertEqual(asset.partner_id, self.marie)
        self.assertEqual(self.lot("LOAN").location_id.x_role, "loaner_pool")
        with freeze_time(self.month(40)):
            self.run_billing()
        self.assertEqual(sub.billed_periods, 36)
