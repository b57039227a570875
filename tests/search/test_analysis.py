"""Articles and questions meet in the same terms."""

import pytest
import snowballstemmer
from hypothesis import example, given, settings
from hypothesis import strategies as st
from snowballstemmer.english_stemmer import EnglishStemmer
from spellchecker import SpellChecker

from kb.content.models import Section
from kb.search.analysis import Analyzer
from kb.search.documents import build_search_sections
from kb.search.query import MAX_TERMS, parse_query

ENGLISH = Analyzer.for_language("en")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("returns", "return"),
        ("RETURNING", "returned"),
        ("café", "Cafe"),
        ("e42", "E-42"),
        ("wh1000xm4", "WH-1000XM4"),
        ("wifi", "Wi-Fi"),
        ("kettle's", "kettles"),
        ("e-mail", "email"),
        ("ﬁlter", "filter"),
        ("ＦＶ３００", "fv300"),
        ("c++", "C++."),
        ("c#", "(C#)"),
        # One word or two
        ("e mail", "email"),
        ("e mail", "E-Mail"),
        ("login", "logging in"),
        ("log-in", "Log in"),
        ("signin", "signed in"),
        ("wi fi", "WiFi"),
        ("set-up", "setting up"),
        ("popup", "pop-ups"),
        ("backup", "back up your photos"),
        # British and American
        ("colour", "colors"),
        ("favourites", "Favorites"),
        ("organised", "organize"),
        ("unauthorised", "unauthorized"),
        ("synchronisation", "synchronization"),
        ("analysing", "analyze"),
        ("centre", "centers"),
        ("litres", "liter"),
        ("licence", "license"),
        ("grey", "gray"),
        ("travelling", "traveling"),
        ("cancelled", "canceled"),
        ("dialling", "dialing"),
        ("catalogue", "catalog"),
        ("dialogue", "dialog"),
        ("programme", "programs"),
        ("behaviour", "behaviors"),
        ("instalments", "installment"),
        # Irregular forms
        ("children", "child"),
        ("people", "person"),
        ("feet", "foot"),
        ("mice", "mouse"),
        ("sent", "sending"),
        ("bought", "buy"),
        ("paid", "payment pay"),
        ("broken", "it broke"),
        ("lost", "losing"),
        ("frozen", "freezes"),
        ("froze", "freezing"),
        ("forgot", "forgotten"),
        ("forgot", "forget"),
        ("stolen", "steal"),
        ("went", "going"),
        ("wrote", "written"),
        ("hidden", "hide"),
        ("worn", "wears"),
        ("stuck", "sticks"),
        ("built", "building"),
        # Numbers with units
        ("500ml", "500 ml"),
        ("16GB", "16 gb"),
        ("16-GB", "16 gigabytes"),
        ("2.4ghz", "2.4 GHz"),
        ("20%", "20 %"),
        ("20%", "20 percent"),
        ("30-day", "30 days"),
        ("$20", "20 dollars"),
        ("60°", "60 degrees"),
        # Codes, whole and in part
        ("WH1000", "WH-1000XM4"),
        ("xm4", "WH-1000XM4"),
        ("1000xm4", "WH-1000XM4"),
        ("E42", "E-42"),
        ("42", "E42"),
        ("80070005", "0x80070005"),
        ("getsync", "stk500_getsync"),
        ("stk500_getsync", "stk500_getsync()"),
        ("unknown issuer", "SEC_ERROR_UNKNOWN_ISSUER"),
        ("cve-2021-44228", "CVE-2021-44228"),
        ("17.4", "17.4.1"),
        ("17.4.1", "v17.4.1"),
        ("iphone 15", "iPhone15"),
    ],
)
def test_the_same_word_in_other_clothes(typed: str, written: str) -> None:
    assert set(ENGLISH.terms(typed)) & set(ENGLISH.terms(written))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C++", "C#"),
        ("c", "C++"),
        ("E-42", "E-43"),
        ("FV-200", "FV-300X"),
        ("17.4.1", "17.4"),
        ("on", "off"),
        ("cheque", "check"),
        ("16GB", "16 MB"),
    ],
)
def test_codes_stay_apart(one: str, other: str) -> None:
    assert (
        ENGLISH.terms(one, keep_stop_words=True)[:1]
        != ENGLISH.terms(other, keep_stop_words=True)[:1]
    )


def test_function_words_are_left_out_unless_there_is_nothing_else() -> None:
    assert [t.term for t in parse_query("How do I return it?", ENGLISH).terms] == ["return"]
    assert [t.term for t in parse_query("who are you", ENGLISH).terms] == ["who", "are", "you"]


@pytest.mark.parametrize(
    ("language", "question", "telling"),
    [
        ("de", "Wie kann ich meine Bestellung stornieren?", "Bestellung stornieren"),
        ("de-AT", "Warum lässt sich das Gerät nicht einschalten", "lässt Gerät einschalten"),
        ("fr", "Comment puis-je annuler l’abonnement ?", "annuler abonnement"),
        ("fr", "Qu'est-ce qu'il y a dans l'emballage d’origine ?", "emballage origine"),
        ("fr", "Prendre rendez-vous jusqu'à aujourd'hui", "prendre rendez-vous aujourd'hui"),
        ("it", "Dov'è la fattura dell'ordine?", "fattura ordine"),
        ("es", "¿Cómo puedo ver el estado del pedido?", "ver estado pedido"),
        ("nl", "Hoe kan ik mijn bestelling annuleren?", "bestelling annuleren"),
        ("nb", "Hvordan kan jeg returnere varen?", "returnere varen"),
        ("ru", "Как мне вернуть товар?", "вернуть товар"),
    ],
)
def test_function_words_of_other_languages_are_left_out(
    language: str, question: str, telling: str
) -> None:
    analyzer = Analyzer.for_language(language)
    assert analyzer.terms(question) == analyzer.terms(telling, keep_stop_words=True)


@pytest.mark.parametrize(
    ("language", "one", "other", "same"),
    [
        ("de", "Wo ist mein Paket?", "wo ist das Paket", True),
        ("de", "Gerät geht nicht", "Geräte gehen", False),
        ("de", "Wann kommt das Paket", "Wo kommt das Paket", False),
        ("fr", "Où est mon colis ?", "où est le colis", True),
        ("fr", "L'écran s’allume", "l’écran ne s'allume pas", False),
        ("nb", "Hvor er varen?", "Hvor er hun?", False),
        ("ja", "返品できますか？", "返品できますか", True),
        ("ja", "返品できる", "返品できない", False),
    ],
)
def test_questions_of_other_languages_that_are_the_same(
    language: str, one: str, other: str, same: bool
) -> None:
    key = Analyzer.for_language(language).question_key
    assert (key(one) == key(other)) is same


def test_a_language_without_rules_is_folded_only() -> None:
    assert Analyzer.for_language("xx").terms("Über Cafés") == ["uber", "cafes"]
    assert Analyzer.for_language("de-AT").terms("Häuser") == Analyzer.for_language("de").terms(
        "Hauser"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?!…",
        "\x00\x1b[31m",
        "😀😀",
        '"unbalanced',
        "field:value",
        "*",
        "[a TO z]",
        "((((",
        "NOT " * 2000,
        "x* " * 200,
        "a" * 100_000,
        "שלום עולם",
        "‮gnp‬",
        "AND OR NOT",
        "^2~",
        "\u2028\u2029",
    ],
)
def test_any_text_is_a_bounded_query(text: str) -> None:
    query = parse_query(text, ENGLISH)
    assert len(query.terms) <= MAX_TERMS
    assert len(query.text) <= 200
    assert all(term.term and " " not in term.term for term in query.terms)


def test_long_questions_keep_their_rarest_words() -> None:
    words = [f"word{n}" for n in range(20)]
    counts = {f"word{n}": n for n in range(20)}
    query = parse_query(" ".join(words), ENGLISH, lambda term: counts.get(term, 0))
    assert [t.term for t in query.terms] == words[1:13]  # word0 occurs nowhere


_ORDINARY = """
hour four your our tour pour sour flour journey course source resource tournament contour detour
wise rise exercise promise premise praise raise noise advise advice advertise compromise comprise
disguise enterprise expertise franchise improvise likewise otherwise clockwise paradise precise
concise revise supervise surprise televise devise device practice demise arise there fire wire here
where more store share care require entire desire acre genre secret street screen agree degree
interest restore prize size seize horse house reverse license sense expense response false visa
vision crisis basis analysis disable disc display discover ground left saw led bit wound rose lives
leaves calling filling filing selling pulling falling
"""
ORDINARY = _ORDINARY.split()


def test_ordinary_words_stay_distinct() -> None:
    assert len(ORDINARY) >= 60
    stems: dict[str, list[str]] = {}
    for word in ORDINARY:
        stems.setdefault(ENGLISH.stem(word), []).append(word)
    together = sorted(words for words in stems.values() if len(words) > 1)
    assert together == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("precise", "precisely"),
        ("exercise", "exercising"),
        ("promise", "promised"),
        ("advertise", "advertising"),
        ("revise", "revised"),
        ("organise", "organizers"),
    ],
)
def test_spelling_rules_keep_families_together(before: str, after: str) -> None:
    assert ENGLISH.stem(before) == ENGLISH.stem(after)


@pytest.mark.parametrize("word", ["can't", "cant", "can’t", "won't", "wont", "doesn't", "doesnt"])
def test_contractions_tell_nothing(word: str) -> None:
    assert ENGLISH.terms(f"printer {word} print") == ["printer", "print"]


def test_an_apostrophe_makes_no_other_word() -> None:
    assert ENGLISH.terms("I'd like my Apple ID, we're out, she'll call") == [
        "appl",
        "id",
        "out",
        "call",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where's my order?", "where is the order"),
        ("printer won't start", "The printer does not start"),
        ("can't log in", "cannot login"),
        ("e mail", "E-mail?"),
        ("16 GB", "16gb"),
    ],
)
def test_questions_in_the_same_words(one: str, other: str) -> None:
    assert ENGLISH.question_key(one) == ENGLISH.question_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cancel my order", "where is my order"),
        ("can I return it", "can't I return it"),
        ("who to call", "when to call"),
        ("E-42", "E-43"),
    ],
)
def test_other_questions(one: str, other: str) -> None:
    assert ENGLISH.question_key(one) != ENGLISH.question_key(other)


def test_pieces_of_a_code_are_bounded() -> None:
    assert len(ENGLISH.terms("A1" * 5_000)) <= 11
    assert len(ENGLISH.terms("a1-" * 5_000 + "b")) <= 11
    assert len(ENGLISH.terms("word-" * 5_000 + "b")) <= 13


@example("ﷺ 10ﷺ ½ m² ١٢ kg ⅷ ①", "en")
@given(st.text(max_size=300), st.sampled_from(["en", "de", "fr", "xx"]))
@settings(deadline=None, max_examples=150)
def test_no_text_breaks_the_analysis(text: str, language: str) -> None:
    analyzer = Analyzer.for_language(language)
    terms = analyzer.terms(text, keep_stop_words=True)
    assert all(term and not any(c.isspace() for c in term) for term in terms)
    assert set(analyzer.terms(text)) <= set(terms)
    assert analyzer.question_key(text) == analyzer.question_key(text)
    assert all(word.whole for word in analyzer.read(text))


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("You log in here, or look into the log", "login", ["log in"]),
        ("Has 16 GB, not 16 MB", "16gb", ["16 GB"]),
        ("20 % off", "20%", ["20 %"]),
        ("Set up e-mail", "email setup", ["Set up", "e-mail"]),
        ("Pair the WH-1000XM4 now", "xm4", ["WH-1000XM4"]),
    ],
)
def test_two_words_that_are_one_are_marked_together(
    text: str, typed: str, marked: list[str]
) -> None:
    wanted = {word.whole for word in ENGLISH.read(typed)}
    (section,) = build_search_sections([Section("", "", 1, text)], ENGLISH)
    places = section.find_places(wanted)
    assert [text[place.start : place.end] for place in places] == marked


def test_words_met_long_ago_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.search.analysis._CACHE_LIMIT", 3)
    analyzer = Analyzer("en")
    text = "Cleaning filters of kettles, WH-1000XM4 headphones and e-mails"
    expected = ENGLISH.terms(text)
    assert [analyzer.terms(text) for _ in range(3)] == [expected] * 3
    assert len(analyzer._words) + len(analyzer._older) <= 6


def test_the_stemmer_in_c_gives_what_the_one_in_python_gives() -> None:
    """Either may be there, and an index is read by whichever is."""
    words = sorted(SpellChecker().word_frequency.dictionary)[::40]
    assert len(words) > 3_000
    in_c, in_python = snowballstemmer.stemmer("english"), EnglishStemmer()
    assert type(in_c) is not type(in_python)
    assert [in_c.stemWord(word) for word in words] == [in_python.stemWord(word) for word in words]
