"""The one declared table of weights."""

from queries.matching.weights import BANDS, STATED, WEIGHTS, Feature


def test_every_feature_has_a_weight_and_says_in_french_what_it_is() -> None:
    assert set(WEIGHTS) == set(Feature)
    # Competition speaks against; the fit found nothing in these three that the others do not tell.
    assert {feature for feature, weight in WEIGHTS.items() if weight < 0} == {Feature.COMPETITION}
    nothing = {Feature.FRESH, Feature.THEME_ALIKE, Feature.TEXT}
    assert {feature for feature, weight in WEIGHTS.items() if weight == 0} == nothing
    assert len({feature.fr for feature in Feature}) == len(Feature)
    assert all(feature.fr and not feature.fr.endswith(".") for feature in Feature)


def test_features_stated_by_the_request_and_features_of_the_past_are_told_apart() -> None:
    assert set(Feature) > STATED
    assert {Feature.CIRCLE, Feature.HOME, Feature.TEXT} & STATED == set()


def test_bands_go_down_to_nothing() -> None:
    scores = [band.score for band in BANDS]
    assert scores == sorted(scores, reverse=True)
    assert (scores[-1], BANDS[-1].kinds) == (0, 0)
    assert [band.fr for band in BANDS] == ["fort", "plausible", "à explorer"]
