from autograd import Value, scope, topological_order
from viz.text.names import names_of


def named(output, **variables):
    order = topological_order(output)
    return [names_of(order, variables)[node] for node in order]


def test_a_label_goes_before_the_variable():
    x = Value(2.0, label="length")
    y = x * 3
    assert named(y, x=x, y=y) == ["length", "3", "y"]


def test_items_of_lists_are_named_by_index():
    w = [[Value(1.0), Value(2.0)]]
    assert named(w[0][0] + w[0][1], w=w) == ["w[0][0]", "w[0][1]", "v1"]


def test_unnamed_values_are_numbered_past_the_names_that_are_taken():
    x, v1 = Value(1.0), Value(2.0)
    assert named(x * v1 + 1, v1=v1) == ["v2", "v1", "v3", "1", "v4"]


def test_equal_labels_are_told_apart_by_scope_and_then_by_count():
    with scope("a"):
        first = Value(1.0, label="w")
    with scope("b"):
        second, third = Value(1.0, label="w"), Value(1.0, label="w")
    assert named(first + second + third)[:2] == ["a.w", "b.w"]
    assert named(first + second + third)[3] == "b.w (2)"


def test_notebook_and_private_names_are_no_names():
    x = Value(1.0)
    assert named(x, _=x, _1=x, Out=[x]) == ["v1"]


def test_parameters_of_a_model_are_named_by_their_path():
    class Model:
        def __init__(self):
            self.w = Value(1.0)

        def named_parameters(self):
            yield "layers.0.w.1", self.w

    model = Model()
    assert named(model.w * 2, model=model)[0] == "layers.0.w.1"


def test_names_do_not_change_the_graph():
    x = Value(1.0)
    y = x * x
    named(y, x=x, y=y)
    assert x.label == y.label == ""
