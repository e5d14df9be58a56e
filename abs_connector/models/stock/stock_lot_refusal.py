"""The refusals that several verbs of stock share, each in one sentence."""

from ...card import ref
from ...exceptions import BusinessError


def fmt(quantity):
    """Return a quantity for a sentence: 5 instead of 5.0."""
    return f"{quantity:g}"


def insufficient_stock(env, product, place, asked, available, lot=None):
    """Return the refusal ``insufficient_stock`` (docs/contract.md 5; setup guide, section 13)."""
    name = product.display_name
    if lot:
        name = f"{name} ({lot.name})"
    available = max(available, 0.0)
    return BusinessError(
        env._(
            "Insufficient stock of %(product)s at %(place)s: %(asked)s %(uom)s asked, "
            "%(available)s available. Receive goods first, or take less.",
            product=name,
            place=place.display_name,
            asked=fmt(asked),
            available=fmt(available),
            uom=product.uom_id.name,
        ),
        code="insufficient_stock",
        details=[
            {
                "field": "lines",
                "message": name,
                "product": ref(product),
                "asked": asked,
                "available": available,
            }
        ],
    )


def serial_required(product, units, given):
    """Return the refusal ``serial_required``; quantities in the product's UoM."""
    return BusinessError(
        product.env._(
            "%(product)s needs one serial per unit. Units: %(units)s, serials: "
            "%(given)s.",
            product=product.display_name,
            units=fmt(units),
            given=fmt(given),
        ),
        code="serial_required",
    )


def lot_required(product, what=None):
    """Return the refusal ``lot_required``.

    :param str what: what to do; without it, to write one line per lot
    """
    _ = product.env._
    what = what or _("write one line per lot, each with its quantity")
    return BusinessError(
        _(
            "%(product)s is tracked by lots: %(what)s.",
            product=product.display_name,
            what=what,
        ),
        code="lot_required",
    )


def not_tracked(product):
    """Return the refusal of lots that a line names for untracked goods."""
    return BusinessError(
        product.env._(
            "%(product)s has neither serials nor lots: leave them out.",
            product=product.display_name,
        ),
        code="not_tracked",
    )
