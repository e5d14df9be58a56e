"""What ``server_wide_modules`` loads for the API, before any database is known.

``abs_connector`` itself cannot stand there: its import registers models and routes in
every database of the server. So this runs its one file that needs neither.
"""

from importlib.util import module_from_spec, spec_from_file_location

from odoo.tools.misc import file_path


def post_load():
    name = f"{__name__}.unavailable"
    spec = spec_from_file_location(name, file_path("abs_connector/unavailable.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.install()
