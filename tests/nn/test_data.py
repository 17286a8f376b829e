"""Data: seeded sets, tables of any kind with their mistakes told, splits, batches, scaling, CSV."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support.extras import imported

from nn import data


@pytest.mark.parametrize("make", [data.line, data.moons, data.spirals, data.blobs, data.circles])
def test_same_seed_gives_the_same_rows(make):
    a, b, c = make(seed=3), make(seed=3), make(seed=4)
    assert np.array_equal(a.X, b.X)
    assert np.array_equal(a.y, b.y)
    assert not np.array_equal(a.X, c.X)


def test_truth_tables():
    for make, outcomes in ((data.and_, [0, 0, 0, 1]), (data.or_, [0, 1, 1, 1]), (data.xor, [0, 1, 1, 0])):
        rows, targets = make()
        assert rows.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
        assert targets.tolist() == outcomes


@pytest.mark.parametrize(
    ("make", "classes"),
    [
        (lambda n: data.moons(n), 2),
        (lambda n: data.circles(n), 2),
        (lambda n: data.spirals(n, classes=3), 3),
        (lambda n: data.blobs(n, centers=4), 4),
    ],
)
def test_classes_are_as_even_as_can_be(make, classes):
    rows, targets = make(50)
    counts = np.bincount(targets)
    assert rows.shape == (50, 2)
    assert len(counts) == classes
    assert counts.max() - counts.min() <= 1


def test_shapes_without_noise_are_exact():
    rows, targets = data.circles(40, ratio=0.3, noise=0.0)
    assert np.hypot(*rows.T) == pytest.approx(np.where(targets == 0, 1.0, 0.3))
    rows, targets = data.line(20, slope=3.0, intercept=0.5, noise=0.0)
    assert targets == pytest.approx(3.0 * rows[:, 0] + 0.5)
    rows, targets = data.moons(40, noise=0.0)
    centers = np.where(targets[:, None] == 0, [[0.0, 0.0]], [[1.0, 0.5]])
    assert np.hypot(*(rows - centers).T) == pytest.approx(np.ones(40))


@pytest.mark.parametrize(
    "make",
    [
        lambda: data.moons(1),
        lambda: data.line(0),
        lambda: data.spirals(2, classes=3),
        lambda: data.moons(noise=-1.0),
        lambda: data.blobs(centers=0),
    ],
)
def test_impossible_sets_are_refused(make):
    with pytest.raises(ValueError, match=r"."):
        make()


def test_as_rows_takes_lists_arrays_frames_and_columns():
    expected = [[1.0, 2.0], [3.0, 4.0]]
    for table in (expected, ((1, 2), (3, 4)), np.array(expected, dtype=np.float32), [np.array([1, 2]), [3, 4]]):
        assert data.as_rows(table).tolist() == expected
    assert data.as_rows([1, 2, 3]).tolist() == [[1.0], [2.0], [3.0]]
    pandas = imported("pandas")
    frame = pandas.DataFrame({"a": [1, 3], "b": [2.0, 4.0]})
    assert data.as_rows(frame).tolist() == expected


def test_mistakes_in_a_frame_are_told_by_column_name():
    pandas = imported("pandas")
    with pytest.raises(ValueError, match="NaN in row 1, column height"):
        data.as_rows(pandas.DataFrame({"age": [1.0, 2.0], "height": [1.0, None]}))
    with pytest.raises(ValueError, match="'tall' of type str in row 0, column height"):
        data.as_rows(pandas.DataFrame({"age": [1.0, 2.0], "height": ["tall", "low"]}))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([], "empty"),
        ([[]], "empty"),
        ([[1, 2], [3]], "ragged: row 0 has 2, but row 1 has 1"),
        ([[1, 2], 3], "row 0 has 2, but row 1 is a number"),
        ([[1.0, math.inf]], "infinity"),
        ([[1.0, math.nan], [math.nan, 1.0]], "NaN in row 0, column 1, and so do 1 other"),
        (np.zeros((2, 2, 2)), "3 dim"),
        ([[1.0, None]], "NaN"),
        ([["a"]], "'a' of type str in row 0, column 0"),
        (np.array([[1j]]), "omplex"),
    ],
)
def test_mistakes_in_a_table_are_told(table, message):
    with pytest.raises(ValueError, match=message):
        data.as_rows(table)


@pytest.mark.parametrize("table", ["text", None, 3.0, {"a": [1]}])
def test_what_is_no_table_is_refused(table):
    with pytest.raises(TypeError, match="a table of numbers"):
        data.as_rows(table)


def test_epoch_of_batches_has_every_row_once():
    rows, targets = np.arange(10.0)[:, None], np.arange(10)
    parts = list(data.batches(rows, targets, 4, seed=1))
    assert [len(part.y) for part in parts] == [4, 4, 2]
    assert sorted(np.concatenate([part.y for part in parts])) == list(range(10))
    assert all(np.array_equal(part.X[:, 0], part.y) for part in parts)
    assert not np.array_equal(np.concatenate([part.y for part in parts]), targets)
    (whole,) = data.batches(rows, targets, shuffle=False)
    assert np.array_equal(whole.y, targets)


@pytest.mark.parametrize("size", [0, -1, 4])
def test_impossible_batch_sizes_are_refused(size):
    with pytest.raises(ValueError, match="between 1 and the number of rows, here 3"):
        next(data.batches([[1.0]] * 3, [0] * 3, size))
    with pytest.raises(TypeError, match="whole number"):
        next(data.batches([[1.0]] * 3, [0] * 3, 1.5))


def test_split_divides_the_rows():
    rows, targets = np.arange(20.0)[:, None], np.repeat([0, 1], [15, 5])
    train, held = data.split(rows, targets, 0.2, seed=2)
    assert (len(train.y), len(held.y)) == (16, 4)
    assert sorted(np.concatenate([train.X, held.X])[:, 0]) == list(range(20))
    train, held = data.split(rows, targets, 0.2, stratify=True)
    assert (np.bincount(train.y).tolist(), np.bincount(held.y).tolist()) == ([12, 4], [3, 1])


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, 0.01])
def test_split_that_leaves_a_part_empty_is_refused(share):
    with pytest.raises(ValueError, match=r"between 0 and 1|without rows"):
        data.split([[1.0]] * 3, [0, 1, 0], share)


def test_standardized_columns_have_mean_0_and_deviation_1():
    rows = np.random.default_rng(0).normal(5.0, 3.0, (50, 2))
    rows = np.c_[rows, np.full(50, 7.0)]
    standard, scaling = data.standardize(rows)
    assert standard.mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-12)
    assert standard.std(axis=0) == pytest.approx([1.0, 1.0, 0.0])
    assert scaling.inverse(standard) == pytest.approx(rows)
    with pytest.raises(ValueError, match="3 columns, but X has 1"):
        scaling([[1.0]])


def test_labels_become_classes_in_sorted_order():
    positions, labels = data.encode_labels(["cat", "ant", "cat"])
    assert (positions.tolist(), labels) == ([1, 0, 1], ("ant", "cat"))


def test_csv_with_names_and_text_classes(tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text('length,kind,width\n1.5,"iris, blue",2\n\n3,rose,4e1\n')
    table = data.read_csv(path, target="kind")
    assert table.X.tolist() == [[1.5, 2.0], [3.0, 40.0]]
    assert (table.y.tolist(), table.classes, table.columns) == ([0, 1], ("iris, blue", "rose"), ("length", "width"))


def test_csv_without_names_and_numbers_as_targets(tmp_path):
    path = tmp_path / "numbers.csv"
    path.write_text("1;2;3\n4;5;6.5\n")
    table = data.read_csv(path, delimiter=";", header=False)
    assert (table.X.tolist(), table.y.tolist(), table.classes) == ([[1, 2], [4, 5]], [3.0, 6.5], ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "no rows of data"),
        ("", "no rows of data"),
        ("a,b\n1,2\n3\n", "line 3: it has 1 fields"),
        ("a,b\n1,2\nx,2\n", "line 3, column 'a': 'x' is no number"),
        ("a,b\nnan,2\n", "line 2, column 'a': 'nan' is no finite number"),
        ("a,b\n1,2\n1e999,2\n", "line 3, column 'a': '1e999' is no finite number"),
    ],
)
def test_mistakes_in_a_file_are_told_by_line(tmp_path, text, message):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        data.read_csv(path)


def test_unknown_target_columns_are_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="no column 'c'; the columns are a, b"):
        data.read_csv(path, target="c")
    with pytest.raises(ValueError, match="no column 5"):
        data.read_csv(path, target=5)


def test_constant_column_becomes_exactly_0():
    column = np.full((100, 1), 0.1)
    assert column.std(axis=0) > 0.0  # by a rounding
    standard, scaling = data.standardize(column)
    assert standard.ravel().tolist() == [0.0] * 100
    assert scaling([[1.1]]).tolist() == [[1.0]]


def test_undoing_a_scaling_of_other_columns_is_refused():
    scaling = data.standardize([[1.0, 2.0], [3.0, 5.0]])[1]
    with pytest.raises(ValueError, match="of 2 columns, but X has 1"):
        scaling.inverse([[1.0], [2.0]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n3,\n", "line 3: the target, column 'b', is ''"),
        ("a,b\n1,nan\n3,4\n", "line 2: the target, column 'b', is 'nan'"),
        ("a,b\n1,red\n3, \n", "line 3: the target, column 'b', is ''"),
    ],
)
def test_gaps_among_targets_in_a_file_are_told_by_line(tmp_path, text, message):
    (tmp_path / "gaps.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        data.read_csv(tmp_path / "gaps.csv")


def test_target_column_that_stands_twice_is_told(tmp_path):
    (tmp_path / "twice.csv").write_text("y,a,y\n1,2,3\n")
    with pytest.raises(ValueError, match="there is more than one column 'y'"):
        data.read_csv(tmp_path / "twice.csv", target="y")


def test_more_than_a_pair_is_no_table_with_targets():
    with pytest.raises(ValueError, match="the targets y are missing"):
        data.as_table(([1.0, 2.0], [3.0, 4.0], [5.0, 6.0]))
    assert data.as_table(data.Rows(np.eye(2), np.array([1.0, 2.0])))[1].tolist() == [[1.0], [2.0]]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([[1.0]] * 4, None), {}, "4 rows, but y has no targets"),
        (([[1.0]] * 4, [0, 1, 0, 1], "half"), {}, "between 0 and 1, but was given 'half'"),
        (([[1.0]] * 4, np.eye(4)), {"stratify": True}, r"one for each row, but y is of shape \(4, 4\)"),
    ],
)
def test_impossible_splits_are_told(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        data.split(*arguments, **options)


def test_columns_of_classes_may_be_stratified():
    train, held = data.split([[1.0]] * 8, [[0], [1]] * 4, 0.25, stratify=True)
    assert (train.y.sum(), held.y.sum()) == (3, 1)
