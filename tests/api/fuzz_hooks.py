"""What the fuzzing knows of this API; loaded by schemathesis (``SCHEMATHESIS_HOOKS``).

Environment: ABS_FUZZ_ACCOUNT, the Service Account of the caller, if it has one.
"""

import os
import re

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

ACCOUNT = os.environ.get("ABS_FUZZ_ACCOUNT")
#: said of the request itself: what the document calls valid is never refused so
OF_THE_REQUEST = {"invalid_input", "invalid_json"}
#: ids of a fresh demo are small; what is above is absent for sure
SMALL = 40
#: what ends somebody's access is tried on people who are not there
PEOPLE = ("/api/employees/", "/api/service-accounts/")


def declared_codes(case, status):
    """Return the codes that the document declares for a refusal of an operation."""
    document = case.operation.schema.raw_schema
    answer = document["paths"][case.operation.path][case.operation.method.lower()][
        "responses"
    ][str(status)]
    name = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    parts = document["components"]["schemas"][name]["allOf"]
    return parts[1]["properties"]["code"]["enum"]


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """A rule of the business that the document declares may refuse a valid request."""
    if isinstance(failure, RejectedPositiveData) and response.status_code == 400:
        told = response.json()["code"]
        return told in OF_THE_REQUEST or told not in declared_codes(case, 400)
    return True


@schemathesis.hook
def map_headers(context, headers):
    """Name the caller's own Service Account where any is named: others are 403."""
    account = headers and headers.get("X-SA-ID")
    if ACCOUNT and isinstance(account, str) and re.fullmatch("[0-9]{1,9}", account):
        return {**headers, "X-SA-ID": ACCOUNT}
    return headers


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Name records that may be there: of two thousand million ids few are."""
    operation = context.operation
    if operation.method != "get" and operation.path.startswith(PEOPLE):
        return path_parameters
    return {
        name: 1 + value % SMALL if type(value) is int and value > 0 else value
        for name, value in (path_parameters or {}).items()
    }
