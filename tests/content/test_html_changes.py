"""What readers are shown of two versions of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.html_changes import PassageState, compare_html


def changed(old: str, new: str) -> list[str]:
    passages = compare_html(old, new).passages
    return [p.html for p in passages if p.state is PassageState.CHANGED]


def test_words_are_marked_and_counted() -> None:
    old = "<p>Send it back within 14 days. Keep the box and the slip of the <b>parcel</b>.</p>"
    changes = compare_html(old, old.replace("14", "30").replace("slip", "receipt"))
    (passage,) = changes.passages
    assert "within <ins>30</ins> <del>14</del> days." in passage.html
    assert "the <ins>receipt</ins> <del>slip</del> of the <b>parcel</b>." in passage.html
    assert (changes.added, changes.removed) == (2, 2)


@pytest.mark.parametrize(
    ("old", "new", "html"),
    [
        (
            "<ul><li>one thing</li><li>two</li></ul>",
            "<ul><li>one thing</li><li>and a new one</li><li>two</li></ul>",
            "<ul><li>one thing</li><li><ins>and a new one</ins></li><li>two</li></ul>",
        ),
        ("<p>a</p>", "<p>a</p><ul><li>b</li></ul>", "<ul><li><ins>b</ins></li></ul>"),
        ("<p>a b</p><p>gone</p>", "<p>a b</p>", "<p><del>gone</del></p>"),
        ("<h2 id='h-x'>Old title here</h2>", "<p>Text</p>", "<h2><del>Old title here</del></h2>"),
    ],
)
def test_items_and_blocks_come_and_go_as_a_whole(old: str, new: str, html: str) -> None:
    assert html in changed(old, new)


def test_a_new_row_takes_nothing_from_the_row_before() -> None:
    row = "<tr><td>{}</td><td>{} years</td></tr>"
    frame = '<div class="table-scroll" tabindex="0" role="region"><table>{}</table></div>'
    old = frame.format(row.format("Kettle", 2) + row.format("Vacuum", 3))
    new = frame.format(
        row.format("Kettle", 3) + row.format("Purifier", 5) + row.format("Vacuum", 3)
    )
    (html,) = changed(old, new)
    assert html.startswith('<div class="table-scroll" tabindex="0" role="region"><table><tr>')
    assert "<td>Kettle</td><td><ins>3</ins> <del>2</del> years</td>" in html
    assert "<td><ins>Purifier</ins></td><td><ins>5 years</ins></td>" in html
    assert "<td>Vacuum</td><td>3 years</td>" in html


def test_what_is_far_from_a_change_is_folded_and_its_heading_shown() -> None:
    text = "<p>One.</p><p>Two.</p><h2>Costs</h2><p>Same.</p><p>{}</p><p>Three.</p>"
    changes = compare_html(text.format("It costs 5."), text.format("It costs 6."))
    states = [(p.state.value, p.html) for p in changes.passages]
    assert states[0] == ("folded", "<p>One.</p><p>Two.</p>")
    assert states[1] == ("same", "<h2>Costs</h2><p>Same.</p>")
    assert states[2][0] == "changed"
    assert states[3] == ("folded", "<p>Three.</p>")


def test_a_text_that_says_the_same_has_no_changes() -> None:
    assert compare_html("<p>a  b</p>", "<p>a\nb</p>").is_same
    assert compare_html("", "").is_same
    assert not compare_html(
        "<p><img src='/files/a.png'></p>", "<p><img src='/files/b.png'></p>"
    ).is_same


def test_a_long_passage_is_shown_before_and_after_instead_of_word_by_word() -> None:
    old, new = ("word " * 5_000 + end for end in ("old", "new"))
    (html,) = changed(f"<p>{old}</p>", f"<p>{new}</p>")
    assert html.count("<del>") == html.count("<ins>") == 1


TEXT = st.text("ab <>&\"'", max_size=8).map(
    lambda t: t.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
)
BLOCKS = st.lists(
    st.tuples(st.sampled_from(["p", "h2", "ul"]), st.lists(TEXT, min_size=1, max_size=3)),
    max_size=6,
).map(
    lambda blocks: "".join(
        "<ul>" + "".join(f"<li>{i}</li>" for i in items) + "</ul>"
        if tag == "ul"
        else f"<{tag}>{' '.join(items)}</{tag}>"
        for tag, items in blocks
    )
)


@given(BLOCKS, BLOCKS)
def test_escaped_text_stays_escaped(old: str, new: str) -> None:
    html = "".join(passage.html for passage in compare_html(old, new).passages)
    tags = {"p", "h2", "ul", "li", "ins", "del"}
    begins = [part.split(">")[0].strip("/") for part in html.split("<")[1:]]
    assert set(begins) <= tags
