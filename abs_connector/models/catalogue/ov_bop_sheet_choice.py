"""What a buyer chose of a package: properties and substitutes."""

from ...exceptions import BusinessError


class PackageChoice:
    """What the buyer chose, and which of it has been used during one expansion."""

    def __init__(self, env, properties, substitutions):
        self.env = env
        self.properties = {str(k).strip(): v for k, v in (properties or {}).items()}
        self.substitutions = {
            str(k).strip(): v for k, v in (substitutions or {}).items()
        }
        self.used_properties, self.used_substitutions = set(), set()

    def options_of(self, sheet):
        """Return ``({line: product}, {line: text})`` of the options chosen for a sheet.

        The text stands with the component that the option swaps, else with the first.
        """
        replaced, words = {}, {}
        for prop in sheet.property_ids:
            key = next((k for k in self.properties if prop._is_named(k)), None)
            if key is None:
                self._check_not_required(sheet, prop)
                continue
            self.used_properties.add(key)
            option = prop._option_named(self.properties[key])
            line = option.line_id or sheet.line_ids[0]
            words.setdefault(line, []).append(f"{prop.name}: {option.name}")
            if option.line_id:
                replaced[option.line_id] = option.product_id
        return replaced, {line: ", ".join(labels) for line, labels in words.items()}

    def _check_not_required(self, sheet, prop):
        if not prop.required:
            return
        raise BusinessError(
            self.env._(
                "Choose %(property)s for the package %(package)s: %(options)s.",
                property=prop.name,
                package=sheet.name,
                options=", ".join(prop.option_ids.mapped("name")),
            ),
            code="property_required",
            details=[{"field": "properties", "message": prop.name}],
        )

    def substitute_of(self, line):
        """Return the product chosen instead of the component of ``line``, or empty."""
        for key in self.substitutions:
            if line._is_named(key):
                product = line._substitute_named(self.substitutions[key])
                if product is None and self._better_match(line, key):
                    continue
                if product is None:
                    line._refuse_substitute(self.substitutions[key])
                self.used_substitutions.add(key)
                return product
        return self.env["product.product"]

    def _better_match(self, line, key):
        """The number may be another line's id or another component's product id."""
        others = line.sheet_id.line_ids - line
        return any(
            other._is_named(key)
            and other._substitute_named(self.substitutions[key]) is not None
            for other in others
        )

    def check_all_used(self):
        unknown = set(self.properties) - self.used_properties
        if unknown:
            raise BusinessError(
                self.env._(
                    "The package has no property %(name)s.",
                    name=", ".join(sorted(unknown)),
                ),
                code="property_unknown",
                details=[
                    {"field": "properties", "message": n} for n in sorted(unknown)
                ],
            )
        unknown = set(self.substitutions) - self.used_substitutions
        if unknown:
            raise BusinessError(
                self.env._(
                    "The package has no component %(name)s to substitute.",
                    name=", ".join(sorted(unknown)),
                ),
                code="substitution_not_allowed",
                details=[
                    {"field": "substitutions", "message": n} for n in sorted(unknown)
                ],
            )
