"""Questions as customers write them, parsed."""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.search.analysis import Analyzer
from kb.search.compounds import WordPairs, split_compound
from kb.search.query import MAX_TERMS, MAX_VARIANTS, Query, parse_query
from kb.search.query_syntax import MAX_EXCLUDED, MAX_PHRASES

ENGLISH = Analyzer.for_language("en")
ARTICLES = (
    "Log in to your account",
    "Set up Wi-Fi and e-mail",
    "The touchscreen does not react",
    "Error E-42: the brew unit is blocked",
    "Pair the WH-1000XM4 headphones",
    "16 GB of memory",
    "Update your iPhone 15 to 17.4.1",
    "Change your password on our web site",
)


def frequencies(analyzer: Analyzer, texts: Iterable[str]) -> Callable[[str], int]:
    counts = Counter(t for text in texts for t in set(analyzer.terms(text, keep_stop_words=True)))
    return lambda term: counts[term]


FREQUENCY = frequencies(ENGLISH, ARTICLES)
PAIRS = WordPairs(ARTICLES)


def parse(text: str) -> Query:
    return parse_query(text, ENGLISH, FREQUENCY, PAIRS)


def found(text: str) -> list[str]:
    """The articles, best first, by what they have of the question."""
    weights = {term.term: term.weight for term in parse(text).all_terms}
    scores = {
        article: sum(weights.get(term, 0) for term in set(ENGLISH.terms(article)))
        for article in ARTICLES
    }
    return [a for a in sorted(ARTICLES, key=lambda a: -scores[a]) if scores[a]]


@pytest.mark.parametrize(
    ("typed", "article"),
    [
        ("login", "Log in"),
        ("log-in", "Log in"),
        ("cant log in", "Log in"),
        ("e mail", "Set up"),
        ("email setup", "Set up"),
        ("wi fi", "Set up"),
        ("touch screen broken", "The touchscreen"),
        ("pass word", "Change your password"),
        ("website", "Change your password"),
        ("e42", "Error E-42"),
        ("e 42", "Error E-42"),
        ("error 42", "Error E-42"),
        ("WH1000", "Pair the"),
        ("wh 1000 xm4", "Pair the"),
        ("xm4", "Pair the"),
        ("16gb", "16 GB"),
        ("iphone15", "Update your"),
        ("ios 17.4", "Update your"),
    ],
)
def test_customers_find_what_is_written_otherwise(typed: str, article: str) -> None:
    assert found(typed)[0].startswith(article)


@pytest.mark.parametrize(
    "typed", [*ARTICLES, "e mail", "touch screen", "website", "30 days", "E43"]
)
def test_other_spellings_count_like_one_word(typed: str) -> None:
    query = parse(typed)
    by_word: dict[str, float] = {}
    for term in query.variants:
        by_word[term.typed] = by_word.get(term.typed, 0) + term.weight
    assert all(weight <= 1.0001 for weight in by_word.values())


def test_a_word_is_covered_in_whatever_spelling() -> None:
    assert parse("website").covered({"web", "site"}) == {"websit"}
    assert parse("website").covered({"web"}) == set()
    assert parse("touch screen").covered({"touchscreen"}) == {"touch", "screen"}
    assert parse("E-42").covered({"42"}) == set()


def test_a_word_that_occurs_nowhere_as_one_is_several() -> None:
    assert [t.term for t in parse("brew-unit").terms] == ["brew", "unit"]
    assert [t.term for t in parse("E-43 blocked").terms] == ["e43", "block"]


@pytest.mark.parametrize(
    ("typed", "identifiers"),
    [
        ("error E-42", ("e42",)),
        ("e 42", ("e42",)),
        ("pair wh1000xm4", ("wh1000xm4",)),
        ("code 0x80070005", ("0x80070005",)),
        ("SEC_ERROR_UNKNOWN_ISSUER", ("secerrorunknownissuer",)),
        ("stk500_getsync fails", ("stk500getsync",)),
        ("CVE-2021-44228", ("cve202144228",)),
        ("update 17.4.1", ("17.4.1",)),
        ("order 1234567", ("1234567",)),
        ("mp3 in 16GB on the 2nd of 30 days, 20%", ()),
        ("how do I log in", ()),
        ("a 2-3 day wait", ()),
    ],
)
def test_codes_are_known(typed: str, identifiers: tuple[str, ...]) -> None:
    assert parse(typed).identifiers == identifiers


@pytest.mark.parametrize(
    ("typed", "phrases"),
    [
        ('"brew unit" blocked', (("brew", "unit"),)),
        ("“brew unit”", (("brew", "unit"),)),
        ("„brew unit“", (("brew", "unit"),)),
        ("«brew unit»", (("brew", "unit"),)),
        ('"web site" or "log in"?', (("web", "site"), ("login",))),
        ('my machine "does not start"', (("not", "start"),)),
        ('I cannot find the "brew unit" button', ()),
        ('27" monitor or 24" screen', ()),
        ('"unbalanced', ()),
        ('unbalanced"', ()),
        ('""', ()),
        ('"?!"', ()),
        ('"the"', ()),
    ],
)
def test_quoted_words_belong_together(typed: str, phrases: tuple[tuple[str, ...], ...]) -> None:
    assert parse(typed).phrases == phrases


@pytest.mark.parametrize(
    ("typed", "excluded", "first"),
    [
        ("email -password", ("password",), "email"),
        ("-password email", ("password",), "email"),
        ("email -Passwords, please", ("password",), "email"),
        ("-password", (), "password"),
        ("how -password", (), "password"),
        ("email -the", (), "email"),
        ("email -email", (), "email"),
        ("WH-1000XM4", (), "wh1000xm4"),
        ("e-mail", (), "email"),
        ("- step", (), "step"),
        ("2 - 3 email", (), "2"),
        ("email at -20", (), "email"),
        ("run -v email", (), "run"),
        ("start -safe-mode", (), "start"),
        ("fix: " + " ".join(f"-word{'abcdefg'[n]}" for n in range(7)), (), "fix"),
    ],
)
def test_words_with_a_hyphen_before_them_are_left_out(
    typed: str, excluded: tuple[str, ...], first: str
) -> None:
    query = parse(typed)
    assert (query.excluded, query.terms[0].term) == (excluded, first)


@pytest.mark.parametrize(
    ("typed", "excluded", "first"),
    [
        ('email -"two devices"', (("two", "devic"),), "email"),
        ('-"two devices" email -“the app”', (("two", "devic"), ("app",)), "email"),
        ('-"two devices"', (), "two"),
        ('email - "two devices"', (), "email"),
        ('e-"two devices"', (), "e"),
    ],
)
def test_quoted_words_with_a_hyphen_before_them_are_left_out(
    typed: str, excluded: tuple[tuple[str, ...], ...], first: str
) -> None:
    query = parse(typed)
    assert (query.excluded_phrases, query.terms[0].term) == (excluded, first)


def test_long_compounds_are_found_by_their_parts() -> None:
    german = Analyzer.for_language("de")
    frequency = frequencies(german, ["Kosten für den Versand", "Rückgabe in der Filiale"])
    query = parse_query("Versandkosten", german, frequency)
    assert {t.term for t in query.variants} == {german.stem("versand"), german.stem("kosten")}
    assert parse_query("Handtuch", german, frequency).variants == ()


def test_links_between_the_parts_of_a_compound() -> None:
    known = {"zahlung", "methode", "liefer", "adresse"}.__contains__
    assert split_compound("zahlungsmethode", "de", known) == ("zahlung", "methode")
    assert split_compound("lieferadresse", "de", known) == ("liefer", "adresse")
    assert split_compound("zahlungsmethode", "en", known) is None
    assert split_compound("x" * 5_000, "de", known) is None


def test_pairs_are_small() -> None:
    letters = "abcdefghijklmnopqrst"
    texts = [
        f"How to reset the {a}x{b} lamp of machine {c}"
        for a in letters
        for b in letters
        for c in letters
    ]
    pairs = WordPairs(texts)
    assert pairs.split("axblamp") == ("axb", "lamp")
    assert pairs.split("lampof") is pairs.split("resetthe") is pairs.split("lampmachine") is None
    assert len(pairs) == len(letters) ** 2  # 8 bytes each


@given(st.text(alphabet=st.sampled_from("aeinrst -\"“”.'_0123456789%$"), max_size=240))
@settings(deadline=None, max_examples=300)
def test_any_text_is_a_bounded_query(text: str) -> None:
    query = parse(text)
    assert len(query.terms) <= MAX_TERMS
    assert len(query.variants) <= MAX_VARIANTS
    assert len(query.phrases) <= MAX_PHRASES
    assert len(query.excluded) <= MAX_EXCLUDED
    terms = [term.term for term in query.all_terms]
    assert len(terms) == len(set(terms))
    assert not set(query.excluded) & set(terms[: len(query.terms)])
    # Whatever is excluded, something is looked for if there is a word at all.
    assert bool(query) or not any(character.isalnum() for character in query.text)


@given(st.text(max_size=300), st.sampled_from(["en", "de", "xx"]))
@settings(deadline=None, max_examples=150)
def test_no_text_breaks_the_parser(text: str, language: str) -> None:
    analyzer = Analyzer.for_language(language)
    query = parse_query(text, analyzer, lambda _: 1, PAIRS)
    assert len(query.terms) <= MAX_TERMS
    assert all(term.term and 0 < term.weight <= 1 for term in query.all_terms)
