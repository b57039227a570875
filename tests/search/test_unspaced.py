"""Texts of scripts without spaces are found by any word in them, and only that is marked."""

from collections.abc import Callable

import pytest

from kb.publishing.generation import Generation
from kb.search.analysis import SPACED_TOKEN, UNSPACED_TOKEN, Analyzer
from kb.search.query import parse_query
from kb.search.unspaced import has_unspaced
from tests.conftest import ROOT, Write

PAGES = {
    "ja": (
        "返品と返金",
        "ご注文のキャンセルは、発送前であればマイページから手続きできます。電話がつながらないときはメールで。",
        {
            "注文をキャンセルする方法を教えてください": "注文",
            "発送": "発送",
            "マイページ": "マイページ",
            "つながらない": "つながらない",
        },
    ),
    "zh": (
        "退货与退款",
        "收到商品后七天内可以申请退货，运费由卖家承担。",
        {"如何申请退货": "申请退货", "运费": "运费", "商品": "商品"},
    ),
    "ko": (
        "반품 안내",
        "상품을 받은 후 7일 이내에 반품을 신청할 수 있습니다.",
        {"반품하는 방법": "반품", "신청": "신청", "상품 문의": "상품"},
    ),
}


@pytest.mark.parametrize("language", PAGES)
def test_any_word_of_a_sentence_is_found_and_marked(
    language: str, write: Write, publish: Callable[[], Generation]
) -> None:
    title, text, questions = PAGES[language]
    write("_site.yml", f"name: Help\nlanguage: {language}\n")
    write("a/right.md", f"---\ntitle: {title}\n---\n{text}\n")
    write("a/wrong.md", "---\ntitle: 配送 배송\n---\n送料無料 包邮 무료 배송 iPhone 15\n")
    search = publish().search.search
    for question, said in questions.items():
        hits = search(question).hits
        assert [hit.slug for hit in hits] == ["right"], question
        marks = hits[0].snippet.split("<mark>")[1:]
        marked = "".join(mark.split("</mark>")[0] for mark in marks)
        assert said in marked, question
        assert len(marked) < len(text) / 2, "not whole sentences"
    assert [hit.slug for hit in search("iphone15").hits] == ["wrong"]


def test_scripts_are_words_of_their_own_and_japanese_grammar_is_none() -> None:
    words = Analyzer.for_language("ja").read("iPhoneの画面ﾒｰﾙが表示されない、WH-1000XM4")
    assert [word.typed for word in words if not word.is_stop] == [
        "iphone",
        "画面",
        "メール",
        "表示",
        "されない",
        "wh-1000xm4",
    ]


def test_a_long_question_is_asked_by_its_rarest_pairs() -> None:
    often = {"如何": 90, "何取": 0, "取消": 40, "消我": 1, "我的": 80, "的订": 30, "订单": 35, "单并": 2,
             "并且": 50, "且申": 0, "申请": 20, "请退": 5, "退款": 9}  # fmt: skip
    query = parse_query(
        "如何取消我的订单并且申请退款", Analyzer.for_language("zh"), lambda term: often.get(term, 0)
    )
    assert {term.term for term in query.terms} == {"消我", "单并", "请退", "退款", "申请", "的订"}


def test_nothing_of_an_endless_run_is_lost() -> None:
    run = "".join(chr(0x4E00 + number) for number in range(200))
    terms = Analyzer.for_language("zh").terms(run)
    assert max(map(len, terms)) == 60
    for at in (0, 30, 70, 198):
        assert run[at : at + 2] in terms


def test_both_ways_of_finding_words_agree_on_texts_with_spaces() -> None:
    for path in sorted((ROOT / "articles").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        assert not has_unspaced(text)
        assert UNSPACED_TOKEN.findall(text) == SPACED_TOKEN.findall(text), path
