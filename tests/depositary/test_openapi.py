"""The server is held to spec/openapi.yaml: the paths by comparison, the answers by schemathesis over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from parley import wire
from parley.canonical import encode
from parley.depositary.http import application
from tests.depositary.live import two
from tests.depositary.serving import Process, found

SPECIFICATION = Path(__file__).parent.parent.parent / "spec" / "openapi.yaml"
SCHEMA: dict[str, Any] = yaml.safe_load(SPECIFICATION.read_text("utf-8"))
METHODS = {"get", "put", "post", "head"}


class Desk:
    """Stands in where only the routes are asked for."""

    depositary = None


def test_the_server_has_the_paths_and_methods_of_the_specification() -> None:
    written = {
        (path.replace("{level}/{place}", "{path:path}"), method.upper())
        for path, item in SCHEMA["paths"].items()
        for method in item
        if method in METHODS
    }
    built = set()
    for route in application(Desk(), on_failure=lambda: None).routes:  # type: ignore[arg-type]  # no act is sent
        methods = set(route.methods)  # type: ignore[attr-defined]
        if ("PUT" not in methods) or route.path == "/v1/keybox":  # type: ignore[attr-defined]
            methods -= {"HEAD"}  # which comes with every GET
        built |= {(route.path, method) for method in methods}  # type: ignore[attr-defined]
    assert built == written


@pytest.mark.parametrize("name", ["Item", "Items", "Admitted", "Chains", "ChainPage", "Problem", "Envelope"])
def test_the_bodies_have_the_members_of_the_specification(name: str) -> None:
    shape = getattr(wire, name)
    assert set(shape.__struct_encode_fields__) == set(SCHEMA["components"]["schemas"][name]["properties"])
    assert sorted(shape.__struct_encode_fields__) == sorted(SCHEMA["components"]["schemas"][name]["required"])


def test_an_answer_is_written_as_the_specification_says() -> None:
    live = two()
    answer = live.send(live.deposit("us", "ru"))[0]
    assert isinstance(answer, wire.Admitted)
    assert encode(answer).startswith(b'{"index":7,"proof":"c2sp.org/tlog-proof@v1\\nextra ')


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Process(found(tmp_path_factory.mktemp("openapi") / "d")) as process:
        yield f"http://127.0.0.1:{process.port}"


schema = schemathesis.openapi.from_path(str(SPECIFICATION))
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_asked_the_answer_is_one_of_those_described(case: schemathesis.Case, server: str) -> None:
    case.call_and_validate(base_url=server, checks=list(CHECKS))
