"""The files that start Alliage beside a Neo4j server or cluster say what both understand."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from graph.neo4j.connection import Address, Connection
from tests.conftest import Neo4j

ROOT = Path(__file__).parents[2]
FILES = ("compose.neo4j.yaml", "compose.cluster.yaml")
_OF_THE_IMAGE = ("NEO4J_AUTH", "NEO4J_ACCEPT_LICENSE_AGREEMENT")  # the others are settings


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / name).read_text("utf-8"))
    return found


def members(file: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in file["services"].items() if name != "alliage"}


def settings_of(service: dict[str, Any]) -> dict[str, str]:
    """The settings of a server, from its variables: `_` stands for a dot, `__` for `_`."""
    said = {k: str(v) for k, v in service["environment"].items() if k not in _OF_THE_IMAGE}
    assert all(name.startswith("NEO4J_") for name in said)
    names = {k: k.removeprefix("NEO4J_").replace("__", "\0").replace("_", ".") for k in said}
    return {names[key].replace("\0", "_"): value for key, value in said.items()}


@pytest.mark.parametrize("name", FILES)
def test_alliage_is_led_to_a_server_that_the_file_starts(name: str) -> None:
    file = read(name)
    said = file["services"]["alliage"]["environment"]
    address = Address.of(said["ALLIAGE_STORE"], "secret")
    host, _, port = address.uri.removeprefix("neo4j://").partition(":")
    assert host in members(file)
    assert (port, address.user, address.database) == ("7687", "neo4j", "neo4j")
    for member in members(file).values():
        _, _, password = member["environment"]["NEO4J_AUTH"].partition("/")
        assert password == said["ALLIAGE_NEO4J_PASSWORD"]
    assert {*file["services"]["alliage"]["depends_on"]} == {*members(file)}
    assert {*file["services"]["alliage"]} == {"environment", "depends_on"}  # else see compose.yaml


@pytest.mark.parametrize("name", FILES)
def test_what_is_kept_lies_in_a_volume_of_its_own(name: str) -> None:
    file = read(name)
    volumes = [v.partition(":") for each in members(file).values() for v in each["volumes"]]
    assert sorted(volume for volume, _, _ in volumes) == sorted(file["volumes"])
    assert {place for _, _, place in volumes} == {"/data"}


def test_each_member_of_the_cluster_knows_all() -> None:
    file = read("compose.cluster.yaml")
    known = members(file)
    assert len(known) == 3
    for name, member in known.items():
        said = settings_of(member)
        assert said["server.default_advertised_address"] == name == member["hostname"]
        endpoints = said["dbms.cluster.discovery.v2.endpoints"].split(",")
        assert [each.partition(":")[0] for each in endpoints] == [*known]
        assert said["initial.dbms.default_primaries_count"] == "3"


@pytest.mark.needs_neo4j
def test_the_server_knows_the_settings(neo4j: Neo4j) -> None:
    [server] = members(read("compose.neo4j.yaml")).values()
    with closing(Connection(neo4j.address)) as connection:
        known = {row[0] for row in connection.read("SHOW SETTINGS YIELD name")}
    assert {*settings_of(server)} <= known
    assert len(settings_of(server)) == 3
