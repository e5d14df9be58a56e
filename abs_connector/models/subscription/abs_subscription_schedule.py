"""The calendar of a contract: pure functions, no Odoo (docs/contract.md 5).

Every period is counted from the first day (the anchor), never from the period before:
31 Jan -> 28/29 Feb -> 31 Mar.
"""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

UNITS = ("day", "week", "month", "year")


def period_start(anchor, unit, interval, number):
    """Return the first day of period ``number`` (from 1).

    :param datetime.date anchor: first day of the first period
    :param str unit: one of :data:`UNITS`
    :param int interval: length of a period in units, at least 1
    """
    return anchor + relativedelta(**{f"{unit}s": interval * (number - 1)})


def period_end(anchor, unit, interval, number):
    """Return the last day of period ``number``: the day before the next one."""
    return period_start(anchor, unit, interval, number + 1) - timedelta(days=1)


def first_missing(numbers):
    """Return the smallest number from 1 that is not in ``numbers``."""
    taken, number = set(numbers), 1
    while number in taken:
        number += 1
    return number


def periods_of_months(months, unit, interval):
    """Return how many periods cover ``months`` months, rounded up.

    Days and weeks count through the year (365 days, 12 months).
    """
    if unit == "month":
        length = interval
    elif unit == "year":
        length = interval * 12
    else:
        length = interval * (1 if unit == "day" else 7) * 12 / 365
    whole = int(months // length)
    return whole if whole * length >= months else whole + 1
