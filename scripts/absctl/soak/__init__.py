"""``abs soak``: whole sales while workers, the server and connections are killed.

``run`` sets up and reports, ``phone`` is a client as docs/reliability.md asks for,
``sales`` is the load, ``killer`` the trouble, ``books`` compares what was told with
what Odoo holds afterwards. Standard library only.
"""
