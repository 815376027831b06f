from collections.abc import Callable
from typing import TypeAlias

import pytest

from graph.claims import Claim, NodeClaim, TieClaim
from graph.errors import UnknownId
from graph.model import ALLIANCE, KINDS, MEMBER_OF, ORGANISATION, TIES
from graph.view import View
from queries.answers import Evidence, Named
from queries.show import SaidValue, Shown, ShownTie, ShownValue, show

ViewOf: TypeAlias = Callable[..., View]


def test_the_two_counts_of_la_poste_stand_side_by_side_with_source_and_paragraph(
    bundled: View,
) -> None:
    shown = show(bundled, "alliage:groupe-la-poste").values["contact_point_count"]
    assert shown.disputed
    assert shown.label == "points de contact"
    # « 19.000 points de contact », racines § 14; « 17.000 points de contact », exemples § 18.
    assert {(said.value, said.source, said.locator) for said in shown.claims} == {
        (19_000, "racines", "§ 14"),
        (17_000, "exemples", "§ 18"),
    }
    assert {said.licence for said in shown.claims} == {"faits repris, texte non reproduit"}


def test_a_thing_is_shown_whole(view_of: ViewOf) -> None:
    claims: list[Claim] = [
        NodeClaim(
            "alliage:gaia",
            ORGANISATION,
            "1",
            {"name": "GAIA", "world": "association"},
            "§ 6",
            "https://www.gaia-isere.org",
            "2021-01-21",
        ),
        NodeClaim("alliage:programme", ALLIANCE, "2", {"name": "Programme"}, "§ 9"),
        TieClaim(MEMBER_OF, "alliage:gaia", "alliage:programme", "3", {"role": "lead"}, "§ 9"),
    ]
    view = view_of(("exemples", claims))
    said = ("§ 6", "https://www.gaia-isere.org", "2021-01-21", "faits repris", "", "")
    assert show(view, "GAIA") == Shown(
        "alliage:gaia",
        ORGANISATION,
        "GAIA",
        {
            "name": ShownValue("GAIA", "nom", (SaidValue("exemples", "GAIA", *said),), False),
            "world": ShownValue(
                "association", "monde", (SaidValue("exemples", "association", *said),), False
            ),
        },
        (
            ShownTie(
                "MEMBER_OF",
                "prend part à",
                "out",
                Named("alliage:programme", "Programme"),
                {"role": "lead"},
                (Evidence("exemples", "§ 9", ""),),
            ),
        ),
        {},
        "GAIA",
    )


def test_a_tie_reads_from_the_thing_that_is_shown(bundled: View) -> None:
    gaia = {(t.verb, t.other.id) for t in show(bundled, "GAIA").ties}
    assert ("a créé", "alliage:labo-des-partenariats-grenoble") in gaia
    assert ("s'est inspiré de", "alliage:alsace-active") in gaia
    shown = show(bundled, "alliage:labo-des-partenariats-grenoble")
    labo = {(t.verb, t.direction, t.other.id) for t in shown.ties}
    assert ("a été créé par", "in", "alliage:gaia") in labo


def test_a_former_commune_is_shown_as_that_of_today(bundled: View) -> None:
    shown = show(bundled, "commune:38024")
    assert (shown.id, shown.name, shown.asked) == (
        "commune:38152",
        "Eclose-Badinières",
        "commune:38024",
    )
    assert shown.values["former_codes"].value == ["38024"]


def test_what_is_too_long_to_show_is_counted(bundled: View) -> None:
    shown = show(bundled, "departement:38")
    parts = [t for t in shown.ties if (t.tie, t.direction) == ("PART_OF", "in")]
    # Insee, COG 2026: 512 communes; and the two perimeters of the document, Nord and Sud.
    assert (len(parts), shown.more_ties) == (40, {"comprend": 512 + 2 - 40})


@pytest.mark.parametrize(
    "key",
    [
        "alliage:gaia",
        "alliage:silvergeek",
        "perimeter:massif-central",
        "commune:38185",
        "goal:17",
        "target:17.17",
        "lever:skills",
        "siren:213801855",
        "nation:FR",
    ],
)
def test_every_value_and_every_tie_says_where_it_comes_from(bundled: View, key: str) -> None:
    shown = show(bundled, key)
    assert shown.kind in KINDS
    assert shown.values
    for name, value in shown.values.items():
        assert value.claims, name
        assert any(said.value == value.value or value.label for said in value.claims)
    verbs = {verb for tie in TIES for verb in (tie.verb, tie.inverse)}
    for tie in shown.ties:
        assert tie.evidence, tie
        assert tie.verb in verbs


def test_what_nobody_knows_is_refused(bundled: View) -> None:
    with pytest.raises(UnknownId):
        show(bundled, "alliage:atlantide")
