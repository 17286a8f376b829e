"""Names that look unused to vulture and are not: Python, a library, or code made from templates uses them."""

# ruff: noqa: B018, F821
_.ReferenceType  # in an annotation that is text
_._recreate_cm, _.exception  # contextlib's protocol
_.SIGNATURE, _.fetch, _.add_product, _.total_of, _.max_of, _.min_of  # in the source of kernels
_._cache, _.code_at, _.m_at, _.g_at  # numba's: an attribute of a dispatcher, operands of intrinsics
_.n_iter_, _.multi_output, _.decision_function  # scikit-learn's protocol
_.healthy, _.step_decay, _.exponential, _.cosine, _.warmup, _.live  # public names
_.nbformat_minor  # a field of a notebook's format
_.nbytes  # what a tape weighs: a fact that tests hold
