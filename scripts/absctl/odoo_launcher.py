"""Start Odoo's command line, whatever way its tree was installed.

The tree is found through PYTHONPATH. The prefork server starts this file again for its
websocket process, which is why it is a file.
"""

import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
