"""What editors can get wrong in the head of an article, each with its place and remedy."""

from datetime import date

import pytest

from kb.content.front_matter import MAX_ARTICLE_BYTES, ParsedArticle, parse_article
from kb.content.models import Kind, Severity, State


def parse(text: str | bytes, path: str = "care/clean-filter.md") -> ParsedArticle:
    return parse_article(path, text.encode() if isinstance(text, str) else text)


def codes(parsed: ParsedArticle) -> list[tuple[str, int]]:
    return [(problem.code, problem.line) for problem in parsed.problems]


def test_every_key_is_read() -> None:
    parsed = parse(
        "---\ntitle: Clean the filter\nslug: clean-filter\nkind: how-to\nstate: internal\n"
        "summary: Rinse it.\ntags: [care, filter]\naliases: [Filter Cleaning]\n"
        "questions:\n  - how do I clean it\nnumber: 1001\nrelated: [dry-filter]\n"
        "product: FD-80\nlanguage: en\nreviewed: 2026-05-01\nreview_by: 2027-05-01\n"
        "effective_from: 2026-01-01\nboost: 1.5\n---\nRinse.\n"
    )
    head = parsed.front_matter
    assert parsed.problems == ()
    assert (head.title, head.slug, head.kind, head.state) == (
        "Clean the filter",
        "clean-filter",
        Kind.HOW_TO,
        State.INTERNAL,
    )
    assert head.aliases == ("filter-cleaning",)
    assert head.product == ("FD-80",)
    assert head.number == 1001
    assert head.reviewed == date(2026, 5, 1)
    assert head.boost == 1.5
    assert (parsed.body, parsed.body_line) == ("Rinse.\n", 20)


def test_values_stay_as_typed() -> None:
    parsed = parse("---\ntitle: no\nversion: 1.10\nopened: 12:30:45\nno: yes\n---\nText")
    assert parsed.front_matter.title == "no"
    assert parsed.front_matter.extra == {"version": "1.10", "opened": "12:30:45", "no": "yes"}
    assert not parsed.is_broken


@pytest.mark.parametrize(
    ("text", "code", "line", "word"),
    [
        ("---\ntitle: a\n\tkind: faq\n---\nx", "front-matter", 3, "tab"),
        ("---\ntitle: a\ntitle: b\n---\nx", "front-matter", 3, "twice"),
        ("---\na: &a [x]\nb: *a\n---\nx", "front-matter", 3, "alias"),
        ("---\ntitle: Error: help\n---\nx", "front-matter", 2, "not valid"),
        ("---\ntitle: a\n", "front-matter", 1, "not closed"),
        ("---\ntitle: " + "a" * 20_000 + "\n---\nx", "front-matter", 2, "16 kB"),
        ("---\na: " + "[" * 8_000 + "\n---\nx", "front-matter", 2, "nested"),
        ("---\ntitle: a\nstate: interal\n---\nx", "invalid-value", 3, "interal"),
        ("---\ntitle: a\nreviewed: 2026-02-30\n---\nx", "invalid-value", 3, "2026-02-30"),
        ("---\ntitle: a\nnumber: 1.5\n---\nx", "invalid-value", 3, "number"),
        ("---\ntitle: a\nslug: Not A Slug\n---\nx", "invalid-value", 3, "not-a-slug"),
        ("---\ntitle: a\nboost: 0.2\n---\nx", "invalid-value", 3, "from 0.25 to 4"),
        ("---\ntitle: a\nboost: 4.5\n---\nx", "invalid-value", 3, "from 0.25 to 4"),
        ("---\ntitle: a\nboost: nan\n---\nx", "invalid-value", 3, "from 0.25 to 4"),
        ("---\ntitle: a\nboost: high\n---\nx", "invalid-value", 3, "from 0.25 to 4"),
        ("---\ntitle: [a\n---\nx", "front-matter", 3, "not valid"),
        ("", "empty-article", 1, "no text"),
        ("---\ntitle: a\n---\n \n", "empty-article", 4, "no text"),
        (b"\xff\xfe\x00h", "not-utf8", 1, "UTF-8"),
        (b"a\n\nb \xe9", "not-utf8", 3, "UTF-8"),
        (b"a\n\x00", "not-utf8", 2, "NUL"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d\n",
            "lfs-pointer",
            1,
            "lfs pull",
        ),
        ("x" * (MAX_ARTICLE_BYTES + 1), "too-large", 0, "200 kB"),
    ],
)
def test_broken_files_are_named_with_line_and_remedy(
    text: str | bytes, code: str, line: int, word: str
) -> None:
    parsed = parse(text)
    assert parsed.is_broken
    problem = next(p for p in parsed.problems if p.severity is Severity.ERROR)
    assert (problem.code, problem.line) == (code, line)
    assert word in problem.message + problem.fix
    assert problem.fix


def test_an_alias_bomb_costs_nothing() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
    )
    assert codes(parse(f"---\n{bomb}---\nx"))[0] == ("front-matter", 3)


def test_byte_order_mark_and_windows_line_ends_are_no_problem() -> None:
    parsed = parse(b"\xef\xbb\xbf---\r\ntitle: A\r\n---\r\nOne\r\n\r\nTwo\r\n")
    assert parsed.problems == ()
    assert parsed.front_matter.title == "A"
    assert parsed.body == "One\n\nTwo\n"


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("# First *heading* {#x}\ntext", "First heading"),
        ("```\n# not this\n```\n## That one ##\n", "That one"),
        ("Heading\n=======\ntext", "Heading"),
        ("only text", "Clean filter"),
    ],
)
def test_title_falls_back_to_heading_then_file_name(body: str, title: str) -> None:
    parsed = parse(body)
    assert parsed.front_matter.title == title
    assert codes(parsed) == [("missing-title", 0)]
    assert not parsed.is_broken


def test_draft_as_other_tools_write_it_stays_unpublished() -> None:
    parsed = parse("---\ntitle: a\ndraft: true\n---\nx")
    assert parsed.front_matter.state is State.DRAFT
    assert codes(parsed) == [("draft-key", 3)]
    assert parse("---\ntitle: a\ndraft: false\n---\nx").front_matter.state is State.PUBLISHED


def test_published_false_as_other_tools_write_it_stays_unpublished() -> None:
    parsed = parse("---\ntitle: a\npublished: false\n---\nx")
    assert parsed.front_matter.state is State.DRAFT
    assert codes(parsed) == [("draft-key", 3)]
    assert parse("---\ntitle: a\npublished: true\n---\nx").front_matter.state is State.PUBLISHED


def test_keys_are_read_in_capitals_too() -> None:
    parsed = parse("---\nTitle: Upper\nState: draft\nReviewed: soon\nOwner: me\n---\nx")
    assert (parsed.front_matter.title, parsed.front_matter.state) == ("Upper", State.DRAFT)
    assert parsed.front_matter.extra == {"Owner": "me"}
    assert codes(parsed) == [("invalid-value", 4)]


def test_toml_is_reported_and_not_published_as_text() -> None:
    parsed = parse('+++\ntitle = "Secret plan"\ndraft = true\n+++\nx')
    assert codes(parsed) == [("front-matter", 1)]
    assert parsed.is_broken


def test_a_policy_says_from_when() -> None:
    assert codes(parse("---\ntitle: a\nkind: policy\n---\nx")) == [("policy-without-date", 0)]
    late = "---\ntitle: a\nkind: policy\neffective_from: 2026-02-01\neffective_until: 2026-01-01\n---\nx"
    assert codes(parse(late)) == [("invalid-value", 5)]


def test_all_problems_of_a_file_are_found_at_once() -> None:
    parsed = parse("---\ntitle: a\nkind: nonsense\nnumber: x\nreviewed: soon\n---\nx")
    assert codes(parsed) == [("invalid-value", 3), ("invalid-value", 4), ("invalid-value", 5)]
    assert [problem.field for problem in parsed.problems] == ["kind", "number", "reviewed"]
