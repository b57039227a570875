"""A company's own colours: taken where they can be read, reported where not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.colors import contrast, find_readable, format_color, parse_color, text_on
from kb.content.identity import SCHEMES
from kb.content.models import Severity
from kb.content.site_settings import parse_site
from kb.content.yaml_document import parse_yaml

COLORS = st.tuples(*[st.integers(0, 255)] * 3)


def read(text: str):
    return parse_site(parse_yaml(text, "_site.yml"))


def test_contrast_is_that_of_wcag():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast(parse_color("#767676"), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)
    assert contrast(parse_color("#07c"), parse_color("#0077cc")) == 1


@given(COLORS)
def test_any_ground_has_a_text_color_and_any_color_a_readable_neighbour(color):
    assert contrast(text_on(color), color) >= 4.5
    for scheme in SCHEMES.values():
        readable = find_readable(color, scheme.grounds)
        assert min(contrast(readable, ground) for ground in scheme.grounds) >= 4.5


@given(COLORS, st.sampled_from(sorted(SCHEMES)))
def test_what_is_made_of_a_choice_can_be_read(color, scheme):
    site, problems = read(
        f'colors:\n  {scheme}:\n    accent: "{format_color(color)}"\n    hero: "{format_color(color)}"\n'
    )
    values = {name: parse_color(value) for name, value in site.colors[scheme].items()}
    assert contrast(values["hero-text"], values["hero"]) >= 4.5
    assert contrast(values["hero-muted"], values["hero"]) >= 4.5
    assert ("accent" in values) == (not problems)
    if "accent" in values:
        assert contrast(values["accent-text"], values["accent"]) >= 4.5
        assert contrast(values["accent-strong"], values["accent-surface"]) >= 4.5
        for ground in (*SCHEMES[scheme].grounds, values["accent-surface"]):
            assert contrast(values["accent"], ground) >= 4.5


def test_a_pale_color_is_reported_with_one_that_can_be_read():
    site, (problem,) = read('name: A\ncolors:\n  light:\n    accent: "#ffcc00"\n')
    assert site.colors == {"light": {}}
    assert (problem.path, problem.line, problem.code) == ("_site.yml", 4, "low-contrast")
    assert problem.severity is Severity.WARNING
    better = problem.fix.rpartition(" ")[2]
    assert read(f'colors:\n  light:\n    accent: "{better}"\n')[1] == []


@pytest.mark.parametrize(
    ("text", "code"),
    (
        ("colors:\n  light:\n    accent: red", "invalid-value"),
        ('colors:\n  light:\n    accent: "#12345"', "invalid-value"),
        ('colors:\n  light:\n    accent: "#fff; } body { display: none"', "invalid-value"),
        ("colors: red", "invalid-value"),
        ("colors:\n  light: red", "invalid-value"),
        ('colors:\n  sepia:\n    accent: "#123456"', "unknown-key"),
        ('colors:\n  light:\n    border: "#123456"', "unknown-key"),
    ),
)
def test_what_is_no_color_is_reported(text, code):
    site, problems = read(text)
    assert [problem.code for problem in problems] == [code]
    assert not any(site.colors.values())


def test_products_have_the_names_that_customers_know():
    site, problems = read(
        "products:\n  - product: FC-45\n    name: Coffee machine\n  - product: F 9\n    name: Iron\n"
    )
    assert (dict(site.products), problems) == ({"fc-45": "Coffee machine", "f-9": "Iron"}, [])


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("products:\n  - product: FC-45\n", 2, "missing-field"),
        ("products:\n  - name: Iron\n", 2, "missing-field"),
        ("products:\n  - product: F\n    name: Iron\n    colour: red\n", 4, "unknown-key"),
        ("products: FC-45\n", 1, "invalid-value"),
    ],
)
def test_what_is_wrong_with_the_name_of_a_product_is_told_with_its_line(text, line, code):
    site, problems = read(text)
    assert [(p.line, p.code) for p in problems] == [(line, code)]
    assert set(site.products) <= {"f"}
