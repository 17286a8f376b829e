"""Public names and their signatures are those of the list that is checked in: none changes unseen."""

from support.public_names import EXPERIMENTAL, STABLE, listed, public_names

#: What the README, the notebooks and every first example use.
FIRST = ["autograd.Value", "autograd.Value.backward", "autograd.grad", "nn.MLP", "nn.fit", "viz.draw", "viz.explain"]

HOW = "if this is meant, write the list anew: python tests/support/public_names.py"


def test_no_name_or_signature_has_changed_unseen():
    now = {f"{name} {shape}" for name, shape in public_names().items()}
    then = {f"{name} {shape}" for name, (_, shape) in listed().items()}
    assert sorted(now - then) == [], f"new names or signatures; {HOW}"
    assert sorted(then - now) == [], f"names or signatures that are gone; {HOW}"


def test_each_name_is_stable_or_experimental():
    assert {word for word, _ in listed().values()} == {STABLE, EXPERIMENTAL}


def test_what_every_first_example_uses_is_stable():
    assert all(listed()[name][0] == STABLE for name in FIRST)
