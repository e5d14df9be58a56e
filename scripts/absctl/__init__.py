"""The machinery behind ``./scripts/abs``: standard library only.

One purpose per file: ``cli`` reads the command line, ``odoo_source`` finds an Odoo tree,
``python_env`` makes its virtual environment, ``cluster`` and ``database`` give it
PostgreSQL, ``instance`` runs Odoo on one database, ``server`` serves it, ``testing``,
``walks`` and ``soak`` drive it.
"""
