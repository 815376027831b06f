import json
import re
from math import hypot
from pathlib import Path

import numpy as np
import pytest

from graph.claims import NodeClaim, TieClaim
from graph.model import ORGANISATION
from graph.view import View
from ingest.rows import Row
from ingest.sources import alliances
from ingest.templates import template
from viz.network import MOST
from viz.outlines.territories import bundled_outlines
from viz.pages import maps
from viz.pages.address import Address, kept
from viz.pages.asked import Asked
from viz.pages.language import Language
from viz.pages.salles import Drawings, pictures, salles

_STATIC = Path(__file__).parents[3] / "viz" / "pages" / "static"


def _node(view: View, key: str) -> int:
    node = view.ordinal(key)
    assert node is not None
    return node


def test_an_address_changes_one_thing_at_a_time() -> None:
    here = Address("/partenaires", kept([("odd", "2"), ("q", " "), ("odd", "12"), ("odd", "2")]))
    assert str(here) == "/partenaires?odd=2&odd=12"
    assert str(here.minus("odd", 2)) == "/partenaires?odd=12"
    assert str(here.plus("odd", 2)) == str(here)
    assert str(here.put("vue", "carte")) == "/partenaires?odd=2&odd=12&vue=carte"
    assert str(here.drop("odd").file("csv")) == "/partenaires.csv"
    assert str(Address('/acteurs/a:"?#é')) == "/acteurs/a:%22%3F%23%C3%A9"


def test_the_rooms_hold_the_actor_its_ties_and_theirs(bundled: View) -> None:
    # The founding document « exemples » (§ 7, § 9): GAIA founded the Labo, leads the programme in
    # Isère, took its idea from Alsace Active.
    found = salles(bundled, _node(bundled, "alliage:gaia"), 1)
    assert [actor.id for actor in found.network.actors] == [
        "alliage:gaia",
        "alliage:alsace-active",
        "alliage:labo-des-partenariats-grenoble",
        "alliage:programme-innovation-sociale-isere",
    ]
    assert set(found.depth.values()) == {0, 1}


def test_the_rooms_are_the_same_each_time_and_never_crowded(bundled: View) -> None:
    nodes = bundled.of_kind(ORGANISATION)[:60].tolist()
    for node in nodes:
        found = salles(bundled, node)
        assert len(found.network.actors) <= MOST
        assert found == salles(bundled, node)
        others = sum(count for _, count in found.network.others)
        assert found.known >= len(found.network.actors) - 1 + others
    rameau = salles(bundled, _node(bundled, "alliage:le-rameau"))
    assert pictures(rameau) == pictures(rameau)


def test_what_was_drawn_once_is_not_drawn_again(bundled: View) -> None:
    drawings, node = Drawings(), _node(bundled, "alliage:gaia")
    first = drawings.draw(bundled, node, 2)
    assert drawings.draw(bundled, node, 2) is first
    assert drawings.draw(bundled, node, 1)[0] == salles(bundled, node, 1)


def test_a_proposal_that_was_taken_means_its_id_and_is_shown_with_its_name(bundled: View) -> None:
    def asked(text: str) -> Asked:
        return Asked(bundled, Language.FR, Address("/", (("territoire", text),)))

    taken = asked("Grenoble (commune:38185)")
    assert taken.meant("territoire") == "commune:38185"
    assert taken.spelled("territoire") == "Grenoble (commune:38185)"
    assert asked("commune:38185").spelled("territoire") == "Grenoble (commune:38185)"
    assert asked("Nulle part (x:1)").meant("territoire") == "Nulle part (x:1)"


def test_a_door_leads_out_of_the_rooms_to_another_world(bundled: View) -> None:
    found = salles(bundled, _node(bundled, "alliage:le-rameau"))
    within = {actor.id for actor in found.network.actors}
    assert found.doors
    for door in found.doors:
        assert door.through.id in within
        assert door.to.id not in within
        assert door.to.world != door.world


def test_the_rings_of_a_map_count_everybody_once_and_do_not_touch(bundled: View) -> None:
    nodes = bundled.of_kind(ORGANISATION)
    seated = nodes[bundled.seat[nodes] >= 0]
    drawn = maps.drawing(bundled, bundled_outlines(), "departement:38", seated)
    assert drawn is not None
    rank = bundled.territories.rank(_node(bundled, "departement:38"))
    atoms = set(bundled.territories.extent[rank].tolist())
    inside = sum(int(seat) in atoms for seat in bundled.seat[seated])
    counted = sum(ring.count for ring in drawn.rings)
    # An EPCI that lies mostly in Isère also has communes in the next département.
    assert counted == pytest.approx(inside, rel=0.15)
    assert counted + drawn.unplaced == len(seated)
    for i, one in enumerate(drawn.rings):
        assert sum(piece.count for piece in one.slices) == one.count
        assert 0 <= one.x <= drawn.width
        assert 0 <= one.y <= drawn.height
        for other in drawn.rings[:i]:
            assert hypot(one.x - other.x, one.y - other.y) >= one.radius + other.radius


def test_a_whole_ring_is_drawn_by_two_arcs() -> None:
    assert maps.arc(10, -np.pi / 2, 3 * np.pi / 2, 5).count("M") == 2
    assert maps.arc(10, 0, np.pi / 2) == "M0 0L10 0A10 10 0 0 1 0 10Z"


def _keys(function: str) -> list[str]:
    """The keys of the object that a function of the charter makes."""
    text = (_STATIC / "charter.js").read_text("utf-8")
    body = text[text.index(f"function {function}") :]
    body = body[: body.index("\n}\n")]
    returned = body[body.index("({" if "({" in body else "return {") :]
    return re.findall(r"^ +(\w+)(?::|,$)", returned, re.MULTILINE)


def test_the_charter_makes_rows_that_alliances_reads(tmp_path: Path) -> None:
    alliance = dict.fromkeys(_keys("allianceOf"), "") | {
        "id": "jardin-partage",
        "nom": "Jardin partagé",
        "phase": "émergence",
        "debut": "2026-03",
        "territoires": "commune:38185",
        "odd": "2|11",
        "leviers": "Dialoguer|Outils",
    }
    member = dict.fromkeys(_keys("membersOf"), "") | {
        "alliance": "jardin-partage",
        "membre": "Les Jardins",
        "membre_id": "les-jardins",
        "donne": "outils|compétences",
        "recoit": "contribution à la recherche",
    }
    # What the program does not write, or the table does not know, would be lost.
    assert alliance.keys() == set(_keys("allianceOf")) <= template("alliances").columns
    assert member.keys() == set(_keys("membersOf")) <= template("alliances", "members.").columns
    files = tmp_path / "alliance.json", tmp_path / "membres.json"
    for file, row in zip(files, (alliance, member), strict=True):
        file.write_text(json.dumps([row]), encoding="utf-8")
    claims = []
    for read in alliances.TABULAR.read(files, set()):
        assert isinstance(read, Row), read
        claims += list(alliances.TABULAR.transform(read))
    ties = {(c.tie.name, c.start, c.end) for c in claims if isinstance(c, TieClaim)}
    assert ties == {
        ("ACTS_IN", "alliances:jardin-partage", "commune:38185"),
        ("AIMS_AT", "alliances:jardin-partage", "goal:2"),
        ("AIMS_AT", "alliances:jardin-partage", "goal:11"),
        ("USES", "alliances:jardin-partage", "lever:dialogue"),
        ("USES", "alliances:jardin-partage", "lever:tools"),
        ("MEMBER_OF", "alliances:les-jardins", "alliances:jardin-partage"),
        ("OFFERS", "alliances:les-jardins", "lever:tools"),
        ("OFFERS", "alliances:les-jardins", "lever:skills"),
        ("NEEDS", "alliances:les-jardins", "lever:research"),
    }
    named = [c.properties for c in claims if isinstance(c, NodeClaim) and "name" in c.properties]
    assert {said["name"] for said in named} == {"Jardin partagé", "Les Jardins"}
