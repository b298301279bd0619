"""The language of mail templates: what it says, what it refuses, and that it always ends."""

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_app.domain.template_reading import DEEPEST, MOST_CHARACTERS
from billing_app.domain.templates import MOST_OUTPUT, TemplateError, read, render

FACTS = {
    "invoice": {
        "number": "INV-2026-11-00001",
        "date": date(2026, 11, 3),
        "total": Decimal("1234.50"),
        "currency": "EUR",
        "notes": "",
        "text": "one\ntwo",
    },
    "lines": [
        {"description": "Berth", "net": Decimal("10.00"), "quantity": Decimal("2.5")},
        {"description": "Pilot <b>", "net": Decimal("-7.25"), "quantity": Decimal(1)},
    ],
    "account": {"name": "Müller & Söhne <script>"},
    "at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    "none": None,
    "yes": True,
    "seconds": 3725,
}


def said(source, **more):
    return render(source, FACTS, **more)


@pytest.mark.spec("CXS-45", "6.11")
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ""),
        ("plain } { text", "plain } { text"),
        ("{{invoice.number}}!", "INV-2026-11-00001!"),
        ("{{ invoice.total }}", "1234.50"),
        ("{{lines.1.net}}", "-7.25"),
        ("{{lines.7.net}}{{nothing}}{{invoice.nothing.more}}{{../../x}}", ""),
        ("{{yes}} {{none}}", "true "),
        ("{{invoice}}{{lines}}", ""),
        ("{{#if invoice.notes}}a{{else}}b{{/if}}", "b"),
        ("{{#if nothing}}a{{else if yes}}b{{else}}c{{/if}}", "b"),
        ("{{#if nothing}}a{{else if none}}b{{else}}c{{/if}}", "c"),
        ("{{#unless invoice.notes}}empty{{/unless}}", "empty"),
        ("{{#each lines}}{{@index}}{{description}}{{#unless @last}}, {{/unless}}{{/each}}",
         "0Berth, 1Pilot <b>"),
        ("{{#each nothing}}a{{else}}none{{/each}}", "none"),
        ("{{#each lines}}{{../invoice.currency}}{{@root.invoice.currency}}{{/each}}", "EUREUREUREUR"),
        ("{{#each lines}}{{#if @first}}{{this.net}}{{/if}}{{/each}}", "10.00"),
        ("{{#with invoice}}{{number}} {{../account.name}}{{/with}}",
         "INV-2026-11-00001 Müller & Söhne <script>"),
        ("{{#with nothing}}a{{else}}b{{/with}}", "b"),
        ("{{#each account}}{{@key}}={{this}}{{/each}}", "name=Müller & Söhne <script>"),
        ("{{lookup invoice 'currency'}}{{#with (lookup lines 1)}}{{net}}{{/with}}", "EUR-7.25"),
        ("{{dateFormat invoice.date}}", "3 Nov 2026"),
        ("{{dateFormat invoice.date 'DD.MM.YYYY'}}", "03.11.2026"),
        ('{{dateFormat at "DDDD, D MMMM YY HH:mm:ss"}}', "Friday, 2 January 26 03:04:05"),
        ("{{dateFormat account.name}}{{dateFormat nothing}}", "Müller & Söhne <script>"),
        ("{{numberFormat invoice.total}} {{numberFormat invoice.total 0}}", "1,234.50 1,235"),
        ("{{numberFormat account.name}}{{numberFormat nothing}}", ""),
        ("{{currencyFormat invoice.total invoice.currency}}", "EUR 1,234.50"),
        ("{{currencyFormat invoice.total 'JPY'}}", "JPY 1,235"),
        ("{{currencyFormat invoice.total 'XXX'}}", ""),
        ("{{currencyFormat invoice.total}}", "1,234.50"),
        ("{{sec2min seconds}} {{sec2min 59}} {{sec2min nothing}}", "62:05 0:59 "),
        ("{{math 7 '+' 3}} {{math 7 '-' 3}} {{math 7 '*' 3}} {{math 7 '/' 2}} {{math 7 '%' 3}}",
         "10 4 21 3.5 1"),
        ("{{math 1 '/' 0}}{{math 1 '**' 2}}{{math nothing '+' 1}}", ""),
        ("{{numberFormat (math invoice.total '*' (math 1 '+' 1)) 1}}", "2,469.0"),
        ("{{nl2br invoice.text}}", "one\ntwo"),
        ("a{{! a note }}b{{!-- with }} braces --}}c", "abc"),
    ],
)  # fmt: skip
def test_a_template_says(source, expected):
    assert said(source) == expected


@pytest.mark.spec("6.11")
def test_a_blocks_tag_alone_on_its_line_leaves_no_empty_line():
    source = "Lines:\n{{#each lines}}\n  {{description}}\n{{/each}}\n{{! done }}\nEnd {{#if yes}}x{{/if}}\n"
    assert said(source) == "Lines:\n  Berth\n  Pilot <b>\nEnd x\n"


@pytest.mark.spec("6.11", "RELIABILITY-E1")
def test_in_markup_every_value_is_escaped():
    assert said("<p>{{account.name}}</p>", markup=True) == (
        "<p>Müller &amp; Söhne &lt;script&gt;</p>"
    )
    assert said("{{nl2br invoice.text}}", markup=True) == "one<br>\ntwo"
    assert said("{{lookup account 'name'}}", markup=True) == "Müller &amp; Söhne &lt;script&gt;"


@pytest.mark.spec("6.11", "RELIABILITY-G2")
@pytest.mark.parametrize(
    ("source", "line", "what"),
    [
        ("a\nb {{invoice.number", 2, "lack their }}"),
        ("{{!-- a }}", 1, "lack their --}}"),
        ("{{{account.name}}}", 1, "three braces"),
        ("{{& account.name}}", 1, "three braces"),
        ("\n\n{{}}", 3, "nothing between"),
        ("{{7*7}}", 1, "7*7 is no variable"),
        ("{{a.__class__()}}", 1, "nothing between"),
        ("{{run 'rm'}}", 1, "there is no helper run"),
        ("{{math 1 '+'}}", 1, "math takes 3 values"),
        ("{{dateFormat}}", 1, "dateFormat takes 1 or 2 values"),
        ("{{#if a}}\nx", 1, "{{#if}} lacks its {{/if}}"),
        ("{{#if a}}\n{{/each}}", 2, "{{/each}} stands where {{/if}} is due"),
        ("x{{/if}}", 1, "{{/if}} belongs to no block"),
        ("{{else}}", 1, "{{else}} belongs to no block"),
        ("{{#if a}}{{else}}{{else}}{{/if}}", 1, "{{else}} stands where"),
        ("{{#unless a}}{{else if b}}{{/unless}}", 1, "only {{else unless"),
        ("{{#script a}}{{/script}}", 1, "there is no block 'script'"),
        ("{{#if}}{{/if}}", 1, "nothing between"),
        ("{{a)}}", 1, "closes that was not opened"),
        ("{{lookup (lookup a b}}", 1, "is not closed"),
        ("{{'open}}", 1, "quotation mark is not closed"),
        ("{{a}}" + "{{#if a}}" * (DEEPEST + 1), 1, "at most 20 deep"),
        ("{{" + "(" * (DEEPEST + 2) + "}}", 1, "at most 20 deep"),
        ("x" * (MOST_CHARACTERS + 1), 1, "at most 20,000 characters"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(source, line, what):
    with pytest.raises(TemplateError) as refused:
        read(source)
    assert refused.value.facts["line"] == line
    assert what in refused.value.sentence


@pytest.mark.spec("RELIABILITY-G2", "RELIABILITY-E1")
@pytest.mark.parametrize(
    "path",
    ["__class__", "invoice.__class__", "lines.append", "invoice.keys", "this.__dict__", "at.year",
     "lines.__len__", "invoice.number.upper", "@root.__init__", "constructor"],
)  # fmt: skip
def test_a_template_reaches_no_attribute(path):
    assert said(f"{{{{{path}}}}}{{{{lookup this '{path}'}}}}") == ""


@pytest.mark.spec("6.11")
def test_a_template_that_makes_too_much_ends():
    many = {"many": [{"many": list(range(1000))} for _ in range(1000)]}
    began = time.monotonic()
    with pytest.raises(TemplateError, match="too much to repeat"):
        render("{{#each many}}{{#each many}}{{/each}}{{/each}}", many)
    with pytest.raises(TemplateError, match="beyond 200,000"):
        render("{{#each many}}" + "x" * 1000 + "{{/each}}", many)
    assert len(render("{{#each many}}" + "x" * 100 + "{{/each}}", many)) <= MOST_OUTPUT
    for hostile in ("{{" * 10_000, "{{a " * 5_000, "{{#if a}}" * 2_000, '{{"' * 6_000 + "}}",
                    "{{a " + "b " * 9_990 + "}}", "{{" + "a." * 9_990 + "}}"):  # fmt: skip
        with pytest.raises(TemplateError):
            read(hostile)
    assert time.monotonic() - began < 5


PIECES = st.sampled_from([
    "{{", "}}", "{{{", "#if ", "#each ", "#with ", "/if", "/each", "{{else}}", "{{#if yes}}",
    "{{/if}}", "{{#each lines}}", "{{/each}}", "{{description}}", "lines", "invoice.total", "this",
    "../", "(", ")", "'", '"', "math ", "1", " '+' ", "\n", " ", "{{! ", "--}}", "x", "\0", "😀",
])  # fmt: skip


@settings(max_examples=400, deadline=1000)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_whatever_is_typed_is_rendered_or_refused_with_a_line_that_exists(source):
    try:
        text = render(source, FACTS, markup=True)
    except TemplateError as refused:
        assert 1 <= refused.facts["line"] <= source.count("\n") + 1
    else:
        assert len(text) <= MOST_OUTPUT


@given(st.text(max_size=300))
def test_a_value_is_never_read_as_a_template_and_always_escaped(value):
    assert render("{{v}}", {"v": value}) == value
    assert render("{{v}}", {"v": value}, markup=True) == escape(value)
    assert render("{{#each v}}{{this}}{{/each}}", {"v": [value]}) == value


@given(st.text(max_size=200).filter(lambda text: "{{" not in text and "{" not in text[-1:]))
def test_text_without_places_is_itself(text):
    assert render(text, {}) == text


@given(
    st.decimals(allow_nan=True, allow_infinity=True),
    st.sampled_from("+-*/%"),
    st.decimals(allow_nan=True, allow_infinity=True),
)
def test_figures_of_any_size_make_short_text(left, way, right):
    text = render("{{a}}{{math a w b}}{{numberFormat (math a w b) 6}}{{sec2min a}}",
                  {"a": left, "w": way, "b": right})  # fmt: skip
    assert len(text) < 400
