"""Charts: what is drawn agrees with the amounts."""

import pytest

from billing_app.kit.charts import BASE, TOP, bars, parts, rules, scale_of, strokes


@pytest.mark.parametrize(
    ("minors", "code", "labels"),
    [
        ([0, 34_190_260], "EUR", ["0", "100", "200", "300", "400"]),
        ([100, 730], "EUR", ["0", "2", "4", "6", "8"]),
        ([-500_00, 1_500_00], "EUR", ["−500", "0", "500", "1,000", "1,500"]),
        ([999], "JPY", ["0", "500", "1,000"]),
        ([0, 0], "EUR", ["0", "1"]),
    ],
)
def test_a_scale_has_a_zero_line_and_holds_every_amount(minors, code, labels):
    scale = scale_of(minors, code)
    assert [rule.label for rule in rules(scale)] == labels
    assert all(TOP <= scale.y(minor) <= BASE for minor in [0, *minors])


def test_bars_stand_on_the_zero_line_and_carry_their_values():
    scale = scale_of([40_000, -10_000], "EUR")
    up, down = bars([40_000, -10_000], [("Oct", ""), ("Nov", "so far")], scale)
    zero = scale.y(0)
    assert float(up.y) + float(up.height) == pytest.approx(zero, abs=0.1)
    assert float(down.y) == pytest.approx(zero, abs=0.1)
    assert float(up.height) == pytest.approx(4 * float(down.height), abs=0.3)
    assert (up.value, down.value) == ("400", "−100")
    assert (up.css, down.css) == ("bar", "bar open")


def test_a_line_joins_its_points_and_parts_make_a_whole():
    scale = scale_of([100, 200, 50], "EUR")
    drawn = strokes([100, 200, 50], scale, "s0")
    assert len(drawn) == 2 + 3
    assert (drawn[0].x2, drawn[0].y2) == (drawn[1].x1, drawn[1].y1)
    shares = [float(part.width[:-1]) for part in parts([300, 100, -50, 0, 0])]
    assert shares == pytest.approx([74.7, 24.7, 0, 0, 0])
    assert {part.width for part in parts([0, -5])} == {"0.000%"}
