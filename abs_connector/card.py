"""How an answer names another record: ``{"id", "name"}``, in one place."""

from .scope import Json, Records


def ref(record: Records) -> Json | None:
    """Return ``{"id", "name"}`` of one record, None of none.

    In sudo: what an answer names may belong to a company or a model that its reader has
    no right to open. Products are named without their code, which answers give apart.
    """
    if not record:
        return None
    named = record.sudo().with_context(display_default_code=False)
    return {"id": record.id, "name": named.display_name or ""}
