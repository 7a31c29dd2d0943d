"""The API held against its own description, with examples that schemathesis draws.

Run by `make page`: drawing them takes longer than the rest of the tests of the page.
"""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import status_code_conformance

from tests.web.site import MONDAY, Office

EXAMPLES = 10  # of each operation


def test_every_answer_is_as_described(office: Office, url: str) -> None:
    bearer = {"Authorization": f"Bearer {office.users.token('zhang', 'act', MONDAY)}"}
    schema = schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json", headers=bearer)
    operations = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    for operation in operations:

        @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
        @given(case=operation.as_strategy())
        def held(case: Case[Any]) -> None:
            case.call_and_validate(
                headers=bearer, checks=[not_a_server_error, status_code_conformance]
            )

        held()
    assert len(operations) >= 10
