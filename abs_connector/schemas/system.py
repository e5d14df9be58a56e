"""What the system says of itself."""

from ..api.base import Out


class HealthOut(Out):
    status: str
    database: bool
    version: str
    series: str
