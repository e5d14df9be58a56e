"""Mobile-money providers: one file each, behind the interface of :mod:`.base`.

A new provider is one file that defines and registers an ``Adapter``, and its import
here. Core, views, endpoints and tests of the others don't change.
"""

from . import base  # isort: skip
from . import mpesa
from . import sandbox
