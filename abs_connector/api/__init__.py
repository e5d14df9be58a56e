"""The HTTP machine: free of domain words, it knows nothing of orders or stock.

Controllers import from here: route decorators, audiences, :class:`Api` and the answer
types. See ``docs/architecture.md`` for the walk of a request.
"""

from .contract import One, Page, Rec, Answer
from .controller import Api
from .dispatcher import ApiDispatcher
from .routing import (
    API_KEY,
    CUSTOMER,
    EMPLOYEE,
    PUBLIC,
    ROUTES,
    Route,
    delete,
    get,
    post,
    put,
)
