"""Equations (1)-(17) of the first real key, typed by hand: the right sides as trees, and where each
stands in the key's text."""

from __future__ import annotations

from tests.trees import Node, add, minus, mul, over, plus, power, root, seq, times


def _k(index: str) -> Node:
    return seq("K", index)


def _s(index: str) -> Node:
    return seq("S", index)


def _more(index: str) -> Node:
    return plus(_k(index), minus(_s(index)))


def _strides(high: str, low: str | int = 1, letter: str = "i") -> Node:
    return times(letter, low, high, _s(letter))


def _rest(factor: Node, high: str = "L", low: str | int = 1) -> Node:
    """The sum over j of a factor by the strides before layer j."""
    return add("j", low, high, mul(factor, _strides("j-1", low)))


def _wide(index: str) -> Node:
    return seq("W", index, bare=True)


_ALL = _strides("L", letter="k")
_KERNELS = _rest(_k("j"))

RIGHT: dict[int, Node] = {
    1: plus(mul("beta1", seq("m", "t")), mul(plus(1, minus("beta1")), seq("g", "t"))),
    2: plus(mul("beta2", seq("v", "t")), mul(plus(1, minus("beta2")), power(seq("g", "t"), 2))),
    3: over(seq("m", "t+1"), plus(1, minus(power("beta1", "t+1")))),
    4: over(seq("v", "t+1"), plus(1, minus(power("beta2", "t+1")))),
    5: plus(seq("w", "t"), minus(mul("eta", over(seq("m_hat"), plus(root(seq("v_hat")), "eps"))))),
    6: plus(mul("beta", seq("m", "t")), seq("g", "t")),
    7: plus(seq("w", "t"), minus(mul("eta", seq("m", "t+1")))),
    8: plus(mul(_s("l+1"), plus(seq("W", "l+1"), minus(1))), _k("l+1")),
    9: plus(mul(_s("l+1"), _wide("l+1")), _more("l+1")),
    10: plus(mul(_s("l+1"), plus(mul(_s("l+2"), _wide("l+2")), _more("l+2"))), _more("l+1")),
    11: plus(
        mul(
            _s("l+1"),
            plus(mul(_s("l+2"), plus(mul(_s("l+3"), _wide("l+3")), _more("l+3"))), _more("l+2")),
        ),
        _more("l+1"),
    ),
    12: plus(mul(_strides("L", "l+1", "k"), seq("W", "L")), _rest(_more("j"), low="l+1")),
    13: plus(_ALL, _rest(_more("j"))),
    14: plus(_ALL, _KERNELS, minus(add("j", 1, "L", _strides("j")))),
    15: plus(_KERNELS, minus(add("j", 1, "L-1", _strides("j")))),
    16: plus(_KERNELS, minus(add("j", 1, "L", _strides("j-1"))), 1),
    17: plus(_rest(plus(_k("j"), minus(1))), 1),
}
LEFT = {
    1: "m",
    2: "v",
    3: "m_hat",
    4: "v_hat",
    5: "w",
    6: "m",
    7: "w",
}  # at t + 1; the others are W(l), and W(0) from 13 on

TERM = r"S^{(l+1)} \left( S^{(l+2)} W^{l+2} + (K^{(l+2)} - S^{(l+2)}) \right) + (K^{(l+1)} - S^{(l+1)})"
LONG = (
    r"S^{(l+1)}\left(S^{(l+2)}\left(S^{(l+3)}W^{l+3}+(K^{(l+3)}-S^{(l+3)})\right)+(K^{(l+2)}-S^{(l+2)})\right)"
    r"+(K^{(l+1)}-S^{(l+1)})"
)
PROD, ROW = (
    r"\left(\prod_{k=1}^{L} S^{(k)}\right)",
    r"\left(\sum_{j=1}^{L} K^{(j)} \prod_{i=1}^{j-1} S^{(i)}\right)",
)
# Where each right side stands: the line, from 1, and its text there; the display's other lines,
# where it has some.
PLACES: dict[int, tuple[int, str]] = {
    1: (15, r"\beta_1 m_w^{(t)} + (1 - \beta_1) \nabla_w L^{(t)}"),
    2: (18, r"\beta_2 v_w^{(t)} + (1 - \beta_2) (\nabla_w L^{(t)})^2"),
    3: (20, r"\frac{m_w^{(t+1)}}{1 - \beta_1^{t+1}}"),
    4: (22, r"\frac{v_w^{(t+1)}}{1 - \beta_2^{t+1}}"),
    5: (24, r"w^{(t)} - \eta \frac{\hat{m}_w}{\sqrt{\hat{v}_w} + \epsilon}"),
    6: (28, r"\beta m_w^{(t)} + \nabla_w L^{(t)}"),
    7: (30, r"w^{(t)} - \eta m_w^{(t+1)}"),
    8: (79, r"S^{(l+1)} \cdot (W^{(l+1)} - 1) + K^{(l+1)}"),
    9: (86, r"S^{(l+1)}W^{l+1} + (K^{(l+1)} - S^{(l+1)})"),
    10: (89, TERM),
    11: (92, LONG),
    12: (
        94,
        r"\left(\prod_{k=l+1}^{L} S^{(k)}\right) W^{(L)} + \sum_{j=l+1}^{L} \left(K^{(j)} - "
        r"S^{(j)}\right)"
        r" \prod_{i=l+1}^{j-1} S^{(i)}",
    ),
    13: (99, PROD + r" + \sum_{j=1}^{L} (K^{(j)} - S^{(j)}) \prod_{i=1}^{j-1} S^{(i)}"),
    14: (102, PROD + " + " + ROW + r" - \left(\sum_{j=1}^{L} \prod_{i=1}^{j} S^{(i)}\right)"),
    15: (105, ROW + r" - \left(\sum_{j=1}^{L-1} \prod_{i=1}^{j} S^{(i)}\right)"),
    16: (108, ROW + r" - \left(\sum_{j=1}^{L} \prod_{i=1}^{j-1} S^{(i)}\right) + 1"),
    17: (111, r"\left(\sum_{j=1}^{L} (K^{(j)} - 1) \prod_{i=1}^{j-1} S^{(i)}\right) + 1"),
}
