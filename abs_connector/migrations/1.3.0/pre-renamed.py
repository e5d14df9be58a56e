"""1.3.0: one law for names. Fields on Odoo's models begin with ``x_``, buttons with
``action_``.

Columns, their indexes and foreign keys, the fields' own rows (mail tracking points at
them), views and people's saved filters follow. Views go by the old names until their
file is loaded, and each is checked together with all others of its model. Twice is as
once.
"""

#: model, old name, new name
RENAMED = (
    ("abs.subscription", "x_company_currency_id", "company_currency_id"),
    ("abs.subscription", "x_repair_cost", "repair_cost"),
    ("abs.subscription", "x_repair_count", "repair_count"),
    ("abs.subscription", "x_repair_ids", "repair_ids"),
    ("res.company", "abs_holding", "x_holding"),
    ("res.company", "abs_sale_approval", "x_sale_approval"),
    ("res.company", "abs_sale_approval_amount", "x_sale_approval_amount"),
    ("res.company", "abs_tz", "x_tz"),
    ("res.config.settings", "abs_sale_approval", "x_sale_approval"),
    ("res.config.settings", "abs_sale_approval_amount", "x_sale_approval_amount"),
    ("res.config.settings", "abs_tz", "x_tz"),
    ("res.partner", "abs_asset_count", "x_asset_count"),
    ("res.partner", "abs_subscription_count", "x_subscription_count"),
    ("res.partner", "abs_subscription_ids", "x_subscription_ids"),
    ("sale.order", "abs_asset_count", "x_asset_count"),
    ("sale.order", "abs_subscription_count", "x_subscription_count"),
    ("sale.order", "abs_subscription_id", "x_subscription_id"),
    ("sale.order", "abs_subscription_ids", "x_subscription_ids"),
)
FILTERED = ("domain", "context", "sort")
#: a button's old name, in PostgreSQL's regular expressions
BUTTON = r"\yaction_(abs|x)_"


def columns(cr, table):
    cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema AND table_name = %s",
        [table],
    )
    return {name for (name,) in cr.fetchall()}


def rename_column(cr, table, old, new):
    """Rename a column with its indexes and constraints, where only the old one is."""
    known = columns(cr, table)
    if old not in known or new in known:
        return
    cr.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{old}" TO "{new}"')
    # Whole words of the names: sale_order__abs_subscription_id_index
    cr.execute(
        "SELECT conname FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND strpos(conname, %s) > 0",
        [table, old],
    )
    for (name,) in cr.fetchall():
        cr.execute(
            f'ALTER TABLE "{table}" RENAME CONSTRAINT "{name}"'
            f' TO "{name.replace(old, new)}"'
        )
    cr.execute(
        "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema"
        " AND tablename = %s AND strpos(indexname, %s) > 0",
        [table, old],
    )
    for (name,) in cr.fetchall():
        cr.execute(f'ALTER INDEX "{name}" RENAME TO "{name.replace(old, new)}"')


def rename_field(cr, model, old, new):
    """Rename what Odoo knows of a field, and what people have saved with its name."""
    cr.execute(
        "UPDATE ir_model_fields f SET name = %s WHERE model = %s AND name = %s"
        " AND NOT EXISTS (SELECT 1 FROM ir_model_fields"
        "                  WHERE model = f.model AND name = %s)",
        [new, model, old, new],
    )
    word = model.replace(".", "_")
    cr.execute(
        "UPDATE ir_model_data d SET name = %s"
        " WHERE module = 'abs_connector' AND name = %s AND NOT EXISTS ("
        "   SELECT 1 FROM ir_model_data WHERE module = d.module AND name = %s)",
        [f"field_{word}__{new}", f"field_{word}__{old}", f"field_{word}__{new}"],
    )
    for column in FILTERED:
        cr.execute(
            f"UPDATE ir_filters SET {column} = regexp_replace({column}, %s, %s, 'g')"
            f" WHERE model_id = %s AND {column} ~ %s",
            [rf"\y{old}\y", new, model, rf"\y{old}\y"],
        )


def rename_in_views(cr):
    """Let all views, those of people too, name buttons and fields as they are now."""
    names = [(None, BUTTON, "action_")]
    for model, old, new in RENAMED:
        # What began with abs_ was ours alone, in nested views of other models as well.
        alone = old.startswith("abs_")
        names.append((None if alone else model, rf"\y{old}\y", new))
    for model, pattern, new in names:
        cr.execute(
            "UPDATE ir_ui_view SET arch_db = "
            " regexp_replace(arch_db::text, %s, %s, 'g')::jsonb"
            " WHERE arch_db::text ~ %s AND (%s IS NULL OR model = %s)",
            [pattern, new, pattern, model, model],
        )


def migrate(cr, version):
    for model, old, new in RENAMED:
        rename_column(cr, model.replace(".", "_"), old, new)
        rename_field(cr, model, old, new)
    rename_in_views(cr)
