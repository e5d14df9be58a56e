"""Phone numbers as keys: +22890112233 however a person writes it."""

import phonenumbers


def phone_key(raw, country_code=None):
    """Return E.164, or the bare digits when the number can't be read; False if empty.

    :param str country_code: ISO code for numbers without a country prefix ("TG")
    """
    if not raw or not raw.strip():
        return False
    try:
        number = phonenumbers.parse(raw, country_code or None)
        if phonenumbers.is_possible_number(number):
            kind = phonenumbers.PhoneNumberFormat.E164
            return phonenumbers.format_number(number, kind)
    except phonenumbers.NumberParseException:
        number = None  # no number of any country: its digits will do
    return "".join(c for c in raw if c.isdigit()) or False


def phone_spellings(raw, country_code=None):
    """Return the digits under which the same number may stand in a database.

    Somebody wrote it with the country's prefix, with 00 before that, or at home without;
    a contact without a country keeps whatever digits were written.
    """
    key = phone_key(raw, country_code)
    if not key:
        return set()
    digits = key.lstrip("+")
    found = {digits, digits.lstrip("0")}
    if key.startswith("+"):
        number = phonenumbers.parse(key)
        national = phonenumbers.national_significant_number(number)
        found |= {national, f"0{national}", f"00{digits}", f"000{digits}"}
    return found - {""}
