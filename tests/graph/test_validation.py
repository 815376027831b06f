"""Whether a claim follows the model, with one claim that does and each way not to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, Properties, Scalar, TieClaim
from graph.identifiers import is_key
from graph.model import (
    KINDS,
    MEMBER_OF,
    ORGANISATION,
    TERRITORY,
    TIES,
    Kind,
    Property,
    Tie,
    ValueType,
    properties,
)
from graph.validation import problems

LA_POSTE: Properties = {
    "name": "La Poste",
    "world": "company",
    "legal_form": "5510",
    "ess": False,
    "siren": "356000000",
    "siret": "35600000000048",
    "roles": ["catalyst"],
    "contact_point_count": 17000,
    "websites": ["https://www.laposte.fr"],
    "latitude": 48.8297,
    "longitude": 2.2768,
    "started": "1991-01-01",
}


def about(kind: Kind, values: Properties, key: str = "siren:356000000") -> NodeClaim:
    return NodeClaim(key, kind, "356000000", values)


def test_a_claim_that_follows_the_model_has_no_problem() -> None:
    member = TieClaim(
        MEMBER_OF, "siren:356000000", "alliage:alliance-dynamique", "1", {"since": "2014"}
    )
    assert problems(about(ORGANISATION, LA_POSTE)) == []
    assert problems(member) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"nom": "La Poste"}, "Organisation n'a pas de propriété « nom »"),
        ({"population": 3}, "Organisation n'a pas de propriété « population »"),
        ({"name": ""}, "«  » n'est pas une valeur de « name »"),
        ({"name": " \t"}, "«  \t » n'est pas une valeur de « name »"),
        ({"name": 12}, "« 12 » n'est pas une valeur de « name »"),
        ({"name": ["La Poste"]}, "« name » attend une seule valeur"),
        ({"websites": "https://www.laposte.fr"}, "« websites » attend une liste"),
        (
            {"websites": ["www.laposte.fr"]},
            "« www.laposte.fr » n'est pas une valeur de « websites »",
        ),
        (
            {"websites": ["javascript:alert(1)"]},
            "« javascript:alert(1) » n'est pas une valeur de « websites »",
        ),
        ({"world": "entreprise"}, "« entreprise » n'est pas une valeur de « world »"),
        ({"roles": ["catalyst", "leader"]}, "« leader » n'est pas une valeur de « roles »"),
        ({"ess": 1}, "« 1 » n'est pas une valeur de « ess »"),
        ({"ess": "oui"}, "« oui » n'est pas une valeur de « ess »"),
        ({"contact_point_count": True}, "« True » n'est pas une valeur de « contact_point_count »"),
        ({"contact_point_count": 1.5}, "« 1.5 » n'est pas une valeur de « contact_point_count »"),
        (
            {"contact_point_count": 2**63},
            "« 9223372036854775808 » n'est pas une valeur de « contact_point_count »",
        ),
        ({"siren": "356000001"}, "« 356000001 » n'est pas une valeur de « siren »"),
        ({"siren": 356000000}, "« 356000000 » n'est pas une valeur de « siren »"),
        ({"rna": "381017450"}, "« 381017450 » n'est pas une valeur de « rna »"),
        ({"latitude": 148.8}, "« 148.8 » n'est pas une valeur de « latitude »"),
        ({"latitude": 10**400}, f"« {10**400} » n'est pas une valeur de « latitude »"),
        ({"longitude": float("nan")}, "« nan » n'est pas une valeur de « longitude »"),
        ({"longitude": float("-inf")}, "« -inf » n'est pas une valeur de « longitude »"),
        (
            {"started": "1er janvier 1991"},
            "« 1er janvier 1991 » n'est pas une valeur de « started »",
        ),
        ({"name": "\ud83d"}, "« \\ud83d » n'est pas une valeur de « name »"),
    ],
)
def test_what_contradicts_the_model_is_named(values: Properties, said: str) -> None:
    assert problems(about(ORGANISATION, values)) == [said]


def test_an_infinite_area_is_no_number() -> None:
    """JSON has no word for it."""
    wrong = about(TERRITORY, {"surface_km2": float("inf")}, "commune:38185")
    assert problems(wrong) == ["« inf » n'est pas une valeur de « surface_km2 »"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = NodeClaim("La Poste", ORGANISATION, "1", {"world": "poste", "nom": "x"}, date="hier")
    assert problems(wrong) == [
        "l'identifiant « La Poste » n'est pas de la forme schéma:identifiant",
        "« poste » n'est pas une valeur de « world »",
        "Organisation n'a pas de propriété « nom »",
        "« hier » n'est pas une date de la forme AAAA-MM-JJ",
    ]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("siren:356000001", "« 356000001 » n'est pas un SIREN valide"),
        ("siret:35600000000049", "« 35600000000049 » n'est pas un SIRET valide"),
        ("rna:381017450", "« 381017450 » n'est pas un RNA valide"),
    ],
)
def test_an_id_in_a_register_has_the_form_of_that_register(key: str, said: str) -> None:
    assert problems(about(ORGANISATION, {}, key)) == [said]
    assert problems(TieClaim(MEMBER_OF, key, "alliage:x", "1")) == [said]
    assert problems(TieClaim(MEMBER_OF, "alliage:x", key, "1")) == [said]


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (
            NodeClaim("siren:356000000", ORGANISATION, "1", {}, url="javascript:alert(1)"),
            "« javascript:alert(1) » n'est pas une adresse de page",
        ),
        (
            TieClaim(MEMBER_OF, "alliage:a", "alliage:b", "1", date="31/12/2020"),
            "« 31/12/2020 » n'est pas une date de la forme AAAA-MM-JJ",
        ),
        (
            NodeClaim("siren:356000000", ORGANISATION, "\udc00", {}),
            "l'enregistrement ou son lieu n'est pas un texte Unicode",
        ),
        (
            TieClaim(MEMBER_OF, "alliage:a", "alliage:b", "1", {"since": "jadis"}),
            "« jadis » n'est pas une valeur de « since »",
        ),
        (
            TieClaim(MEMBER_OF, "alliage:a", "alliage:b", "1", {"population": 3}),
            "MEMBER_OF n'a pas de propriété « population »",
        ),
    ],
)
def test_the_origin_of_a_claim_and_the_values_of_a_tie_are_checked_too(
    claim: Claim, said: str
) -> None:
    assert problems(claim) == [said]


GOOD: dict[ValueType, list[Scalar]] = {
    ValueType.TEXT: ["Grenoble"],
    ValueType.INTEGER: [156140, 0, -1],
    ValueType.NUMBER: [18.13, 0, 7],
    ValueType.BOOLEAN: [True, False],
    ValueType.DATE: ["2012", "2020-03", "2020-03-31"],
    ValueType.URL: ["https://www.grenoble.fr", "http://www.un.org"],
}
BAD: dict[ValueType, list[Scalar]] = {
    ValueType.TEXT: [True, 0, 1.5, ""],
    ValueType.INTEGER: [True, 1.5, "3"],
    ValueType.NUMBER: [True, "18.13"],
    ValueType.BOOLEAN: [0, 1, "true"],
    ValueType.DATE: [2012, "31/12/2020", ""],
    ValueType.URL: [True, "www.grenoble.fr", "ftp://www.grenoble.fr", ""],
}
FORMS = {"siren": "356000000", "siret": "35600000000048", "rna": "W381017450"}


def values_of(said: Property) -> tuple[list[Scalar], list[Scalar]]:
    """Good values and bad ones."""
    if not isinstance(said.type, ValueType):
        return [term.value for term in said.type], ["inconnu", "", 1, True]
    good: list[Scalar] = [FORMS[said.name]] if said.name in FORMS else GOOD[said.type]
    return good, BAD[said.type]


@pytest.mark.parametrize(("owner", "said"), [*properties()], ids=lambda p: getattr(p, "name", ""))
def test_every_property_takes_the_values_of_its_type_and_no_other(
    owner: Kind | Tie, said: Property
) -> None:
    def accepted(value: Scalar) -> bool:
        values: Properties = {said.name: [value] if said.many else value}  # type: ignore[list-item]
        if isinstance(owner, Kind):
            return not problems(NodeClaim("alliage:x", owner, "1", values))
        return not problems(TieClaim(owner, "alliage:x", "alliage:y", "1", values))

    good, bad = values_of(said)
    assert [*filter(accepted, [*good, *bad])] == good


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
NAMES = [*sorted({said.name for _, said in properties()}), "nom"]


@given(
    st.sampled_from(KINDS) | st.sampled_from(TIES),
    st.text(),
    st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=4),
)
def test_whatever_a_file_holds_the_check_answers_and_never_breaks(
    owner: Kind | Tie, key: str, values: Properties
) -> None:
    if isinstance(owner, Kind):
        found = problems(NodeClaim(key, owner, "1", values))
    else:
        found = problems(TieClaim(owner, key, key, "1", values))
    assert found or is_key(key)
    "".join(found).encode()  # a terminal can show it
