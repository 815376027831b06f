from ingest.duplicates.names import taken_apart


def words(text: str) -> tuple[str, ...]:
    return taken_apart(text)[0].words


def test_legal_forms_and_elisions_tell_nothing() -> None:
    assert words("ASS. DU CENTRE SOCIAL DE MARMIERS") == words("Centre social des Marmiers")
    assert words("L'Association AMATRAMI") == ("amatrami",)
    assert words("SARL Pays d'Auge") == words("PAYS D AUGE")


def test_a_commune_is_known_from_its_social_centre() -> None:
    town, centre = taken_apart("Mairie de Lunel")[0], taken_apart("CCAS de Lunel")[0]
    assert (town.words, town.body) == (("lunel",), "commune")
    assert (centre.words, centre.body) == (("lunel",), "ccas")


def test_abbreviated_intercommunalities_are_those_written_out() -> None:
    assert taken_apart("CC DES DEUX MORIN") == taken_apart("Communauté de communes Deux Morin")


def test_a_name_has_parts() -> None:
    names = taken_apart("CENTRE SOCIAL EST - ASSOCIATION ALFA 3A")
    assert [(name.words, name.part) for name in names[1:]] == [
        (("centre", "social", "est"), True),
        (("alfa", "3a"), True),
    ]


def test_an_empty_name_has_none() -> None:
    assert taken_apart("") == ()
    assert taken_apart("de la") == ()
