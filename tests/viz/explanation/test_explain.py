"""`viz.explain` refuses what it cannot explain, and says what it takes."""

import pytest

import viz
from autograd import Value
from viz.expression.read import read_expression


def test_what_is_no_graph_is_refused():
    with pytest.raises(TypeError, match="explain takes a Value"):
        viz.explain(2.0)
    with pytest.raises(ValueError, match="no graph"):
        viz.explain(Value(2.0, requires_grad=False))


def test_wrt_is_a_value_or_a_name():
    f = read_expression("x*y", {"x": 1, "y": 2})
    for wrong in (3, [3]):
        with pytest.raises(TypeError, match="wrt takes a Value"):
            viz.explain(f, wrt=wrong)
    with pytest.raises(ValueError, match="does not depend on ''"):
        viz.explain(f, wrt="")


def test_an_unknown_format_lists_those_there_are():
    with pytest.raises(ValueError, match="no format 'html'; the formats are text, markdown, latex"):
        viz.explain(Value(2.0), format="html")


@pytest.mark.parametrize(("option", "value"), [("limit", 1), ("limit", "9"), ("paths", 0), ("paths", True)])
def test_limits_are_whole_numbers(option, value):
    with pytest.raises(ValueError, match=f"{option} is a whole number"):
        viz.explain(Value(2.0), **{option: value})
