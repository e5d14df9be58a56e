"""The one interface between this addon and a mobile-money gateway.

An adapter only talks: it turns an attempt into a request, and a gateway's message into
an :class:`Event`. It never writes to the database and never decides about money; that
is done once for all providers in ``abs.payment.attempt``.
"""

import hashlib
import hmac
import json
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import requests

from ..abs_payment_callback_address import hide_tokens

TIMEOUT = 10  # seconds, for connecting and for each read

REGISTRY = {}


class NotSent(Exception):
    """The request certainly did not reach the gateway: it may be sent again."""


class Refused(Exception):
    """The gateway answered, and it won't do it: nobody was charged."""


class Unknown(Exception):
    """No (usable) answer: the payer may have been asked. Never send it again."""


class Malformed(Exception):
    """The message is not what this gateway sends."""


class Event(NamedTuple):
    """What a gateway says of one transaction.

    :param str kind: ``push`` (answer to our request), ``c2b`` (the customer paid by
        themselves) or ``c2b_validation`` (may they?)
    :param str status: ``success``, ``failure`` or ``pending``
    :param str reference: our own reference, as the gateway gives it back
    :param str request_reference: the gateway's id of our request
    :param str provider_reference: the receipt number; exists only after a success
    :param str amount: decimal text in units of ``currency`` (never a float)
    :param str currency: ISO code
    :param str phone: the payer, as the gateway writes it
    :param str account: what the payer typed as the account number (``c2b``)
    :param str reason: a failure in the gateway's words
    """

    kind: str
    status: str
    reference: str = ""
    request_reference: str = ""
    provider_reference: str = ""
    amount: str = ""
    currency: str = ""
    phone: str = ""
    account: str = ""
    reason: str = ""


class Adapter:
    """Base of the providers.

    :cvar str code: the word in URLs and in ``provider`` of the API
    :cvar str label: the name that people see
    :cvar str address: the word in callback addresses, by default the code
    :cvar bool signed: messages carry a signature that :meth:`authentic` checks. Without
        one the unguessable address counts, and a success is confirmed by :meth:`query`
        before anything is credited
    :cvar tuple events: last parts that the provider's own address may have
    :cvar tuple required: fields of ``abs.payment.provider`` that must be filled
    """

    code = label = address = None
    signed = True
    events = ()
    required = ()

    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        cls.address = cls.address or cls.code
        REGISTRY[cls.code] = cls

    def __init__(self, provider):
        self.provider = provider

    # What an adapter implements

    def push(self, attempt):
        """Ask the payer for the money.

        :param attempt: ``abs.payment.attempt`` in state pending
        :return: the gateway's id of this request (str)
        :raises NotSent, Refused, Unknown:
        """
        raise NotImplementedError

    def query(self, attempt):
        """Ask the gateway what became of an attempt.

        :rtype: Event
        :raises NotSent, Refused, Unknown: the gateway couldn't say
        """
        raise NotImplementedError

    def parse(self, payload, event):
        """Read a callback.

        :param payload: the decoded JSON body
        :param str event: the last part of the address, or ''
        :rtype: Event
        :raises Malformed:
        """
        raise NotImplementedError

    def authentic(self, body, headers):
        """Is the message signed by the gateway? (only when ``signed``)

        :param bytes body: the body as received
        :param dict headers: lower-case names
        """
        return False

    def answer(self, accepted, reason):
        """Extra top-level fields of our answer to a callback, as the gateway wants."""
        return {}

    def phone(self, e164):
        """The payer's number as this gateway wants it, from '+254712345678'."""
        return e164.lstrip("+")

    def accepts(self, phone, amount, currency):
        """Return None, or the reason (a word) why such an attempt can't be made.

        Words: ``phone`` (not a number of this network), ``amount`` (not payable, such
        as a fraction), ``currency``.
        """
        return None

    # Helpers

    def send(self, verb, path, payload=None, headers=None, auth=None):
        """Make one HTTP request and sort its outcome.

        :return: the decoded JSON object
        :raises NotSent: no connection could be made
        :raises Refused: status 4xx
        :raises Unknown: time-out after connecting, 5xx, or no JSON object
        """
        url = self.provider._abs_base_url() + path
        body = json.dumps(payload, separators=(",", ":")).encode() if payload else None
        headers = {"Content-Type": "application/json", **(headers or {})}
        try:
            answer = requests.request(
                verb,
                url,
                data=body,
                headers=headers,
                auth=auth,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except (requests.ConnectTimeout, requests.exceptions.InvalidURL) as exc:
            raise NotSent(type(exc).__name__) from exc
        except requests.ConnectionError as exc:
            # Refused or unresolved: nothing left this machine. A connection that broke
            # later has an exception of another kind inside.
            text = str(exc)
            if "NewConnectionError" in text or "NameResolutionError" in text:
                raise NotSent("no connection") from exc
            raise Unknown("connection lost") from exc
        except requests.RequestException as exc:
            raise Unknown(type(exc).__name__) from exc
        try:
            data = answer.json()
        except (ValueError, RecursionError):
            data = None
        if 400 <= answer.status_code < 500:
            raise Refused(self.complaint(data) or f"HTTP {answer.status_code}")
        if answer.status_code != 200 or not isinstance(data, dict):
            raise Unknown(self.complaint(data) or f"HTTP {answer.status_code}")
        return data

    def complaint(self, data):
        """The gateway's own words in an error answer."""
        if not isinstance(data, dict):
            return ""
        return words_of(data, "errorMessage") or words_of(data, "error")


# Reading what others wrote. Whatever may stand in JSON stands in a message some day:
# objects for texts, null, NUL, half a surrogate, 1e308. Nothing else gets to a database.

#: more than any payment, and fewer decimals than any currency has
MAX_AMOUNT = Decimal(10) ** 12
MAX_DECIMALS = 6
_AMOUNT = re.compile(r"\d{1,13}(\.\d{1,12})?([eE][+-]?\d{1,2})?", re.ASCII)


def word_of(data, key, limit=64, needed=True):
    """Return an identifier of a message: a text or whole number, as it was given.

    :param dict data: the message or a part of it
    :param bool needed: refuse a message without it; else '' for none
    :raises Malformed: names the key
    """
    value = data.get(key) if isinstance(data, dict) else None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**limit else None
    elif value is None and not needed:
        return ""
    if not isinstance(value, str) or len(value) > limit:
        raise Malformed(key)
    if value.strip() != value or any(_strange(letter) for letter in value):
        raise Malformed(key)
    if needed and not value:
        raise Malformed(key)
    return value


def words_of(data, key, limit=200):
    """Return a text that people wrote, without what cannot be shown or kept.

    Such a text decides nothing: a payment is not lost for the sake of its letters.
    """
    value = data.get(key) if isinstance(data, dict) else None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**limit else ""
    if not isinstance(value, str):
        return ""
    value = value[: 4 * limit]
    text = "".join(c for c in value if not _strange(c)).strip()[:limit]
    return hide_tokens(text)  # some repeat what we sent, our address included


def amount_of(data, key, needed=True):
    """Return an amount of a message as decimal text without an exponent.

    :param bool needed: refuse a message without it; else '' for none
    :raises Malformed: no number, not positive, or none that a payment could have
    """
    value = data.get(key) if isinstance(data, dict) else None
    if value is None and not needed:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise Malformed(key)
    if isinstance(value, int) and abs(value) > MAX_AMOUNT:
        raise Malformed(key)
    text = repr(value) if isinstance(value, float) else str(value)
    if not _AMOUNT.fullmatch(text):
        raise Malformed(key)
    try:
        number = Decimal(text).normalize()
    except InvalidOperation as exc:
        raise Malformed(key) from exc
    if not 0 < number <= MAX_AMOUNT or number.as_tuple().exponent < -MAX_DECIMALS:
        raise Malformed(key)
    return f"{number:f}"


def _strange(letter):
    """Tell whether a letter is none: control, direction, half a pair, unassigned."""
    return unicodedata.category(letter)[0] == "C"


def sign(secret, body):
    """HMAC-SHA256 of ``body`` in hexadecimal."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def same(left, right):
    """Compare two texts in constant time."""
    return hmac.compare_digest((left or "").encode(), (right or "").encode())
