{
    "name": "ABS Connector: server",
    "summary": "Lets the API say 503 in JSON while the database is away; never installed, "
    "loaded by server_wide_modules",
    "version": "1.4.0",
    "category": "Hidden",
    "author": "ABS Connector contributors",
    "license": "AGPL-3",
    "depends": ["web"],
    "installable": False,
    "post_load": "post_load",
}
