"""Domains in prefix notation: none, any of several, all of several."""

FALSE_DOMAIN = [(0, "=", 1)]


def any_of(domains):
    """Return the OR of domains in prefix notation; of none of them: nothing matches.

    Terms and expressions that follow each other are AND-ed, as in Odoo.
    """
    domains = [list(domain) for domain in domains]
    if not domains:
        return list(FALSE_DOMAIN)
    if not all(domains):
        return []
    domains = [_whole(domain) for domain in domains]
    return ["|"] * (len(domains) - 1) + [term for domain in domains for term in domain]


def all_of(*domains):
    """Return the AND of domains in prefix notation as one whole expression; [] = all."""
    domains = [_whole(list(domain)) for domain in domains if domain]
    return ["&"] * (len(domains) - 1) + [term for domain in domains for term in domain]


def _whole(domain):
    """Return a domain whose terms are AND-ed at its top as one expression."""
    missing, parts = 1, 0
    for term in domain:
        if missing == 0:
            parts, missing = parts + 1, 1
        missing += {"&": 1, "|": 1, "!": 0}.get(term, -1) if _flag(term) else -1
    return ["&"] * parts + list(domain)


def _flag(term):
    return isinstance(term, str)
