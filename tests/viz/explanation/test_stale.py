"""Numbers that do not belong together, and gradients of several passes, are told as such."""

import random

import viz
from autograd import Value, maximum, relu, topological_order


def forms(output, **options):
    """An explanation in all its forms."""
    told = viz.explain(output, names=False, **options)
    return str(told), told.markdown, told.latex


def test_old_products_are_not_told_with_new_numbers():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    f = w * x + 1
    f.backward()
    assert all("stale" not in form for form in forms(f))
    w.data -= 0.1 * w.grad
    text, markdown, latex = forms(f, wrt=w)
    for form in (text, markdown, latex):
        assert "stale" in form
        assert "passes:" not in form
    assert "w*x = 6 (stale)" in text
    assert "1.7 × 3" not in text
    assert r"w \cdot x = 6 \quad \text{(stale)}" in latex
    assert "since ∂(w*x)/∂x = w" not in text, "the local derivative is that of the old w"
    f.forward()
    for form in forms(f):
        assert "stale" not in form
    assert "w*x = 1.7 × 3 = 5.1" in viz.explain(f, names=False)


def test_a_choice_is_not_told_by_numbers_it_was_not_made_by():
    x = Value(2.0, "x")
    f = relu(x) * 3
    x.data = -2.0
    text = viz.explain(f, names=False)
    assert "since x < 0" not in text
    assert "x += 1 × 3 = 3   stale" in text


def test_an_operand_out_of_its_domain_since_is_told():
    x = Value(2.0, "x")
    f = x.log() + 1
    x.data = -2.0
    assert "stale" in viz.explain(f, wrt=x, names=False)


def test_two_backward_passes_are_told_with_what_is_stored():
    x = Value(2.0, "x")
    f = x * 10
    f.backward()
    for form in forms(f):
        assert "passes:" not in form
    f.backward()
    text, markdown, latex = forms(f)
    for form in (text, markdown, latex):
        assert "passes:" in form
    assert "Stored is x.grad = 20." in " ".join(text.split())
    assert "∂f/∂x = 10" in text
    assert x.grad == 20.0
    assert viz.explain(f, names=False) == text, "explaining has changed nothing"
    x.grad = 0.0
    f.backward()
    assert all("passes:" not in form for form in forms(f))


def test_before_any_pass_and_with_another_seed_nothing_is_said():
    a = Value(0.0, "a")
    for f in (a.sqrt() * 2, Value(3.0, "x") * 2):  # at 0 the root's local derivative is infinite
        assert all("passes:" not in form for form in forms(f))
    f.backward(seed=0.5)
    assert all("passes:" not in form for form in forms(f))


def test_the_told_gradients_are_those_of_backward_on_random_graphs():
    rng = random.Random(4)
    for _ in range(30):
        values = [Value(rng.uniform(-2, 2), f"x{i}") for i in range(3)]
        for _ in range(rng.randint(1, 12)):
            a, b = rng.choice(values), rng.choice(values)
            values.append(
                rng.choice(
                    [
                        lambda a=a, b=b: a * b,
                        lambda a=a, b=b: a + b,
                        lambda a=a, b=b: maximum(a, b),
                        lambda a=a: a.tanh(),
                        lambda a=a: relu(a),
                    ]
                )()
            )
        output = values[-1]
        text = viz.explain(output, names=False)
        output.backward()
        for leaf in (node for node in topological_order(output) if node.gate is None):
            told = viz.text.numbers.format_number(leaf.grad)
            assert f"/∂{leaf.label}" in text
            assert f"/∂{leaf.label} = {told}" in text.replace("  ", " ")
