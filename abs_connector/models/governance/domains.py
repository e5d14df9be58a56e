"""Domains in prefix notation: none, and any of several."""

FALSE_DOMAIN = [(0, "=", 1)]


def any_of(domains):
    """Return the OR of domains in prefix notation; of none of them: nothing matches.

    Each domain is flat (terms that are AND-ed) or one whole expression.
    """
    domains = [list(domain) for domain in domains]
    if not domains:
        return list(FALSE_DOMAIN)
    if not all(domains):
        return []
    domains = [["&"] * (len(d) - 1) + d if _flat(d) else d for d in domains]
    return ["|"] * (len(domains) - 1) + [term for domain in domains for term in domain]


def _flat(domain):
    return all(not isinstance(term, str) for term in domain)
