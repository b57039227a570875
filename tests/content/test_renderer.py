"""Markdown becomes safe HTML with sections, and its problems are true."""

import mmap
import multiprocessing
from dataclasses import replace

import pytest
from lxml import html

from kb.content.links import LinkMap
from kb.content.models import Problem, Section
from kb.content.renderer import RenderedArticle, render_article
from kb.content.rendering_pool import RenderTask, render_articles
from tests.waiting import wait_until

LINKS = LinkMap(
    articles={"a/one.md": "/articles/one", "b/two.md": "/policies/two"},
    collections={"": "/collections/all", "a": "/collections/a", "b": "/collections/b"},
    files={"a/img/x.png": "/files/0123456789abcdef/x.png"},
    addresses={
        "/articles/one": "a/one.md",
        "/articles/old": "a/one.md",
        "/policies/two": "b/two.md",
    },
)


def render(body: str, title: str = "T") -> RenderedArticle:
    return render_article("a/here.md", body, 5, title, LINKS)


def reported(body: str) -> list[tuple[str, int]]:
    return [(p.code, p.line) for p in render(body).problems]


def test_sections_carry_heading_anchor_and_text() -> None:
    found = render(
        "Intro *text*.\n\n## First step\n\nDo `this`.\n\n- a\n- b\n\n### Deeper {#own}\n\nMore."
    )
    assert found.sections == (
        Section("", "", 1, "Intro text."),
        Section("h-first-step", "First step", 2, "Do this.\na\nb"),
        Section("h-own", "Deeper", 3, "More."),
    )
    assert found.anchors == ("h-first-step", "h-own")


def test_anchors_are_those_of_github() -> None:
    found = render("# Reset it\n\n## Steps\n\n## Steps\n\n## Reset it", title="Reset it")
    assert found.anchors == ("h-reset-it", "h-steps", "h-steps-1", "h-reset-it-1")
    assert "<h1" not in found.html


def test_a_line_break_in_a_heading_stands_between_words() -> None:
    assert render("## not responding<br>error `E 2`").sections[0].heading == (
        "not responding error E 2"
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"attempt \<n> of 10", "attempt &lt;n&gt; of 10"),
        (r"costs \$5 \~ \"x\"", 'costs $5 ~ "x"'),
        (r"C:\Users\<name>", "C:\\Users\\&lt;name&gt;"),
        (r"`\<n>`", r"<code>\&lt;n&gt;</code>"),
        ("~~old~~ new, ~5 s", "<del>old</del> new, ~5 s"),
    ],
)
def test_escapes_are_read_as_on_github(written: str, shown: str) -> None:
    assert render(written).html.strip() == f"<p>{shown}</p>"
    assert reported(r"attempt \<n> of 10") == []


def test_markdown_in_html_is_read_after_an_empty_line() -> None:
    text = "<details>\n<summary>More</summary>\n\nIt is **so**.\n\n- a\n\n</details>\n\nafter"
    found = render(text)
    assert "<p>It is <strong>so</strong>.</p>" in found.html
    assert "<li>a</li>" in found.html
    assert "</details>\n<p>after</p>" in found.html
    assert "**raw**" in render("<div>\n**raw**\n</div>").html
    assert "markdown" not in render("```\n<div>\n\n</div>\n```").html
    assert "never" in render("<div>\n\n<div>\n\nnever closed").html


def test_the_page_keeps_its_only_h1() -> None:
    assert render("# T\n\ntext").html.strip() == "<p>text</p>"
    assert '<h2 id="h-part">' in render("text\n\n# Part\n\n## Sub").html
    assert '<h3 id="h-sub">' in render("text\n\n# Part\n\n## Sub").html


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("one.md", "/articles/one"),
        ("../b/two.md#Some Heading", "/policies/two#h-some-heading"),
        ("../b/two", "/policies/two"),
        ("../b/", "/collections/b"),
        ("/articles/old", "/articles/one"),
        ("/b/two.md#part", "/policies/two#h-part"),
        ("/a/img/x.png", "/files/0123456789abcdef/x.png"),
        ("/directory", "/directory"),
        ("#first", "#h-first"),
        ("https://example.com/x?y=1", "https://example.com/x?y=1"),
        ("tel:+18005550100", "tel:+18005550100"),
    ],
)
def test_links_lead_to_pages(link: str, url: str) -> None:
    tree = html.fragment_fromstring(render(f"[x](<{link}>)").html, create_parent=True)
    assert tree.find(".//a").get("href") == url


@pytest.mark.parametrize(
    ("image", "text"),
    [
        ("![The filter](https://example.com/a.png)", "The filter"),
        ("![](https://example.com/img/blue%20filter.png?v=2)", "blue filter.png"),
        ("![](https://example.com/)", "example.com"),
    ],
)
def test_a_picture_on_another_site_is_a_link_with_words(image: str, text: str) -> None:
    tree = html.fragment_fromstring(render(image).html, create_parent=True)
    assert tree.find(".//a").text == text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("[x](nowhere.md)", "broken-link"),
        ("[x](/articles/gone)", "broken-link"),
        ("[x](/a/gone.md)", "broken-link"),
        ("[x](../../etc/passwd)", "outside-link"),
        ("![x](../../secret.png)", "outside-link"),
        ("![x](/etc/secret.png)", "outside-link"),
        ("![x](img/none.png)", "missing-file"),
        ("[x](manual.pdf)", "missing-file"),
        ("[x](javascript:alert(1))", "unsafe-link"),
        ("[x](data:text/html,hi)", "unsafe-link"),
        ("![x](https://example.com/a.png)", "remote-image"),
        ("![](img/x.png)", "image-without-text"),
        ("<script>alert(1)</script>", "unsafe-html"),
        ('<p onclick="x()">hi</p>', "unsafe-html"),
        ('<iframe src="https://example.com/"></iframe>', "embedded-frame"),
        ("Open <sketchbook> there", "unknown-tag"),
    ],
)
def test_mistakes_are_reported_on_their_line(body: str, code: str) -> None:
    assert reported(f"One\n\nTwo\n\n{body}\n") == [(code, 9)]


@pytest.mark.parametrize(
    ("above", "wrong", "code"),
    [
        ("[x](https://example.com/gone.md)", "[x](gone.md)", "broken-link"),
        ("![x](img/x.png)", "[x](img/)", "broken-link"),
        ("![x](img/x.png)", "[![](img/x.png)](one.md)", "image-without-text"),
        ("![x](img/x.png)", '![ ](<img/x.png> "X")', "image-without-text"),
        ("Say img/none.png.", "[x]: img/none.png\n\n![A lamp][x]", "missing-file"),
        ("Say one.mdx.", "<a href='one.mdx'>x</a>", "missing-file"),
    ],
)
def test_a_mistake_is_reported_where_it_is_not_where_something_like_it_stands(
    above: str, wrong: str, code: str
) -> None:
    assert reported(f"{above}\n\n{wrong}\n") == [(code, 7)]


@pytest.mark.parametrize(
    ("wrong", "fix"),
    [
        ("[x](two.md)", "write ../b/two.md, or remove the link"),
        ("[x](One.md#top)", "write one.md, or remove the link"),
        ("![x](X.PNG)", "write img/x.png, or add the file"),
        ("![x](y.png)", "add the file, or correct the path"),
    ],
)
def test_what_has_moved_or_is_spelled_otherwise_is_named(wrong: str, fix: str) -> None:
    names = {"one.md": "a/one.md", "two.md": "b/two.md", "x.png": "a/img/x.png"}
    found = render_article("a/here.md", wrong, 5, "T", replace(LINKS, names=names))
    assert [problem.fix for problem in found.problems] == [fix]


def test_harmless_text_has_no_problems() -> None:
    body = (
        "See [one](one.md), ![alt](img/x.png) and <https://example.com>.\n\n"
        "| a | b |\n|---|--:|\n| 1 | 2 |\n\n> [!WARNING]\n> Hot.\n\nTerm\n:   Meaning[^1]\n\n[^1]: Note."
    )
    found = render(body)
    assert found.problems == ()
    for part in (
        "table-scroll",
        "align-right",
        "admonition warning",
        "<dl>",
        'id="fn:1"',
        'loading="lazy"',
    ):
        assert part in found.html


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("## Größen\n\n| Größe | Preis |\n|---|---|\n| S | 1 |", "Größe"),
        ("## Größen\n\n<table><tr><td>S</td></tr></table>", "Größen"),
        ("<table><tr><td></td><td>erste Zelle</td></tr></table>", "erste Zelle"),
    ],
)
def test_tables_are_named_in_words_of_the_article(body: str, name: str) -> None:
    assert f'aria-label="{name}"' in render(body).html


def test_a_table_without_any_text_has_no_name() -> None:
    assert "aria-label" not in render("<table><tr><td></td></tr></table>").html


HOSTILE = (
    "<script>x()</script>",
    "<img src=x onerror=x()>",
    "<svg onload=x()><script>x()</script></svg>",
    "<a href='java&#x0A;script:x()'>a</a>",
    "[a](JaVaScRiPt:x())",
    "[a](\x01javascript:x())",
    "<iframe srcdoc='<script>x()</script>'></iframe>",
    "<math><mtext><img src=x onerror=x()></mtext></math>",
    "<style>@import 'https://evil.example/'</style>",
    "<p style='background:url(https://evil.example/)'>p</p>",
    "<form action=https://evil.example><input name=a></form>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<object data=https://evil.example></object>",
    "<details ontoggle=x() open><summary>s</summary></details>",
    "<img name=cookie src=img/x.png>",
    "![a](javascript:x())",
    "<noscript><p title='</noscript><img src=x onerror=x()>'>",
    "[a](vbscript:x)",
    "<a href=//evil.example/>a</a>",
    "<video src=https://evil.example/v.mp4 autoplay></video>",
    "{: onclick=x() }",
    "## h {: onmouseover=x() }",
    "<template><img src=x onerror=x()></template>",
)


@pytest.mark.parametrize("body", HOSTILE)
def test_nothing_active_survives(body: str) -> None:
    tree = html.fragment_fromstring(render(f"before\n\n{body}\n\nafter").html, create_parent=True)
    for element in tree.iter():
        assert element.tag not in {
            "script",
            "style",
            "iframe",
            "svg",
            "math",
            "form",
            "input",
            "base",
            "meta",
            "object",
            "video",
            "template",
        }
        assert not {
            name
            for name in element.attrib
            if name.startswith("on") or name in ("style", "name", "srcdoc")
        }
        href = (element.get("href") or "").strip().lower()
        assert not href.startswith(("javascript", "vbscript", "data", "//"))
        assert (element.get("src") or "/files/").startswith("/files/")
    text = tree.text_content()
    assert "before" in text
    assert "after" in text


def test_a_stalling_text_is_stopped_and_the_others_go_on() -> None:
    tasks = [RenderTask("bad.md", "[" * 8_000, 1, "bad"), RenderTask("good.md", "fine", 1, "good")]
    results = dict(render_articles(tasks, LinkMap(), time_limit=1.0))
    assert isinstance(results["bad.md"], Problem)
    assert results["bad.md"].code == "render-failed"
    assert isinstance(results["good.md"], RenderedArticle)


@pytest.mark.parametrize(
    "body", ["- " * 3_000, "> " * 3_000 + "x", "<div>" * 3_000, "- - - - " * 800]
)
def test_deep_nesting_never_raises(body: str) -> None:
    (result,) = render_articles([RenderTask("deep.md", body, 1, "deep")], LinkMap(), time_limit=5.0)
    assert isinstance(result[1], RenderedArticle | Problem)


def test_text_in_angle_brackets_is_shown_as_written() -> None:
    assert "&lt;your name&gt; here" in render("Type <your name> here").html


def test_a_process_with_much_address_space_still_renders() -> None:
    # Every thread of a server reserves some; the limit on workers must not count it.
    with mmap.mmap(-1, 4_000_000_000):
        ((_, result),) = render_articles([RenderTask("a.md", "fine", 1, "a")], LinkMap())
    assert isinstance(result, RenderedArticle)


def test_rendering_begins_before_anybody_asks_for_results() -> None:
    results = render_articles([RenderTask("a.md", "fine", 1, "a")], LinkMap())
    wait_until(multiprocessing.active_children)
    assert [path for path, _ in results] == ["a.md"]
    assert not multiprocessing.active_children()


def test_rendering_ends_when_nobody_wants_the_results_any_more() -> None:
    results = render_articles([RenderTask("a.md", "fine", 1, "a")] * 100, LinkMap())
    wait_until(multiprocessing.active_children)
    next(results)
    del results
    assert not multiprocessing.active_children()


def test_results_come_in_the_order_of_many_tasks() -> None:
    names = [f"{number}.md" for number in range(200)]
    tasks = [RenderTask(name, "fine", 1, "a") for name in names]
    assert [path for path, _ in render_articles(tasks, LinkMap())] == names
    assert list(render_articles([], LinkMap())) == []
