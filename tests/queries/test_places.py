import pytest

from graph.errors import AmbiguousPlace, UnknownPlace
from graph.view import View
from queries.places import Place, resolve_place


def place(view: View, text: str) -> Place:
    return resolve_place(view, text)[1]


GRENOBLE = Place("commune:38185", "Grenoble", "commune")
ISÈRE = Place("departement:38", "Isère", "departement")


@pytest.mark.parametrize("text", ["Isère", "isere", "ISÈRE", " Isère ", "38", "departement:38"])
def test_isère_is_known_by_its_name_whatever_the_accents_its_code_and_its_id(
    bundled: View, text: str
) -> None:
    assert place(bundled, text) == ISÈRE


@pytest.mark.parametrize("text", ["Grenoble", "GRENOBLE", "38185", "38000", "commune:38185"])
def test_grenoble_is_known_by_its_name_its_code_its_postcode_and_its_id(
    bundled: View, text: str
) -> None:
    assert place(bundled, text) == GRENOBLE


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("l hay les roses", "commune:94038"),
        ("L’HAŸ-LES-ROSES", "commune:94038"),
        ("L'Haÿ-les-Roses", "commune:94038"),
        ("St Etienne", "commune:42218"),
        ("Saint-Étienne", "commune:42218"),
        ("nimes", "commune:30189"),
        ("Ile-de-France", "region:11"),
        ("Hauts de France", "region:32"),
        ("2a", "departement:2A"),
        ("2A004", "commune:2A004"),
        ("200 040 715", "epci:200040715"),
        ("Grenoble-Alpes-Métropole", "epci:200040715"),
        ("Est Ensemble", "ept:200057875"),
        ("France", "nation:FR"),
        ("La Réunion", "departement:974"),
        ("Mayotte", "departement:976"),
    ],
)
def test_a_place_is_found_however_a_person_writes_it(bundled: View, text: str, key: str) -> None:
    assert place(bundled, text).id == key


@pytest.mark.parametrize(
    ("text", "expected"),
    [  # Insee, table of the communes that merged
        ("38024", ("commune:38152", "Eclose-Badinières")),
        ("commune:38024", ("commune:38152", "Eclose-Badinières")),
        ("49069", ("commune:49126", "Orée d'Anjou")),
        ("75059", ("commune:93066", "Saint-Denis")),
        ("20004", ("commune:2A004", "Ajaccio")),
    ],
)
def test_a_former_code_is_the_commune_of_today(
    bundled: View, text: str, expected: tuple[str, str]
) -> None:
    found = place(bundled, text)
    assert (found.id, found.name) == expected


@pytest.mark.parametrize(
    ("postcode", "key"),
    [
        ("67000", "commune:67482"),  # Strasbourg
        ("97400", "commune:97411"),  # Saint-Denis de La Réunion
        ("20000", "commune:2A004"),  # Ajaccio
        ("75001", "arrondissement:75101"),  # that code was Alfortville's, in the Seine
        ("75116", "arrondissement:75116"),  # postcode and Insee code of the same 16th
    ],
)
def test_a_postcode_is_the_one_commune_or_arrondissement_that_it_serves(
    bundled: View, postcode: str, key: str
) -> None:
    assert place(bundled, postcode).id == key


def test_a_postcode_of_several_communes_lists_them_all(bundled: View) -> None:
    with pytest.raises(AmbiguousPlace) as told:
        resolve_place(bundled, "38142")
    assert told.value.candidates == [  # the Oisans, in La Poste's table of postcodes
        ("commune:38020", "Auris, commune, Isère"),
        ("commune:38040", "Besse, commune, Isère"),
        ("commune:38112", "Clavans-en-Haut-Oisans, commune, Isère"),
        ("commune:38173", "Le Freney-d'Oisans, commune, Isère"),
        ("commune:38237", "Mizoën, commune, Isère"),
    ]


def test_a_code_that_is_also_a_postcode_elsewhere_is_not_guessed(bundled: View) -> None:
    with pytest.raises(AmbiguousPlace) as told:
        resolve_place(bundled, "38100")
    assert told.value.candidates == [
        ("commune:38100", "Le Cheylas, commune, Isère"),
        ("commune:38185", "Grenoble, commune, Isère"),
    ]


def test_84_is_vaucluse_or_auvergne_rhône_alpes(bundled: View) -> None:
    with pytest.raises(AmbiguousPlace) as told:
        resolve_place(bundled, "84")
    assert told.value.candidates == [
        ("departement:84", "Vaucluse, département"),
        ("region:84", "Auvergne-Rhône-Alpes, région"),
    ]
    assert told.value.message == (
        "« 84 » désigne plusieurs territoires, précisez : "
        "departement:84 (Vaucluse, département) ; region:84 (Auvergne-Rhône-Alpes, région)."
    )


@pytest.mark.parametrize("text", ["Saint-Denis", "st denis"])
def test_the_four_saint_denis_are_listed_with_their_département(bundled: View, text: str) -> None:
    with pytest.raises(AmbiguousPlace) as told:
        resolve_place(bundled, text)
    assert told.value.candidates == [
        ("commune:11339", "Saint-Denis, commune, Aude"),
        ("commune:30247", "Saint-Denis, commune, Gard"),
        ("commune:93066", "Saint-Denis, commune, Seine-Saint-Denis"),
        ("commune:97411", "Saint-Denis, commune, La Réunion"),
    ]


def test_bretagne_is_the_region_and_the_two_communes_are_told(bundled: View) -> None:
    assert place(bundled, "Bretagne") == Place(
        "region:53", "Bretagne", "region", ("commune:36024", "commune:90019")
    )


def test_paris_is_one_place_though_it_is_a_commune_and_a_département(bundled: View) -> None:
    assert place(bundled, "Paris") == Place("commune:75056", "Paris", "commune")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Massif Central", "perimeter:massif-central"),
        ("nord isère", "perimeter:nord-isere"),
        ("Alsace", "perimeter:alsace"),
        ("Poitou-Charentes", "perimeter:poitou-charentes"),
        ("Grand Clermont", "perimeter:grand-clermont"),
        ("perimeter:sud-isere", "perimeter:sud-isere"),
    ],
)
def test_a_perimeter_of_the_documents_is_a_place(bundled: View, text: str, key: str) -> None:
    found = place(bundled, text)
    assert (found.id, found.level) == (key, "perimeter")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Grenobel", "Grenoble (commune:38185)"),
        ("Strasbour", "Strasbourg (commune:67482)"),
        ("Nime", "Nîmes (commune:30189)"),
        ("grenble alpes metropole", "Grenoble-Alpes-Métropole (epci:200040715)"),
        ("Vals du Dauphiné", "Communauté de communes Les Vals du Dauphiné (epci:200068567)"),
        ("Paris 11", "Paris 11e Arrondissement (arrondissement:75111)"),
    ],
)
def test_a_typing_error_is_answered_with_what_was_meant(
    bundled: View, typed: str, meant: str
) -> None:
    with pytest.raises(UnknownPlace) as told:
        resolve_place(bundled, typed)
    assert told.value.suggestions[0] == meant
    assert told.value.message.startswith(f"Aucun territoire ne correspond à « {typed} ».")


@pytest.mark.parametrize("code", ["99999", "38999", "1", "T8", "", "   ", "xyzzy", "alliage:gaia"])
def test_what_is_no_place_is_refused_and_a_code_is_not_likened_to_another(
    bundled: View, code: str
) -> None:
    with pytest.raises(UnknownPlace) as told:
        resolve_place(bundled, code)
    assert told.value.suggestions == []
    assert told.value.message.endswith("Donnez un nom, un code Insee ou un code postal.")
