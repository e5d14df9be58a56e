"""``python -m absctl``: what ``scripts/abs`` starts."""

import sys

from absctl.cli import main

sys.exit(main())
