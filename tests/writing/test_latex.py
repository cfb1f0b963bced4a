"""The printer: hand-typed LaTeX for each kind of expression, and refusal of what it does not
know."""

from __future__ import annotations

import pytest
from sympy import (
    Add,
    Expr,
    Function,
    Integer,
    Mul,
    Product,
    Rational,
    Sum,
    Symbol,
    floor,
    sqrt,
    uppergamma,
    zeta,
)

from derive.notation import Notation
from derive.writing.functions import NotWritable
from derive.writing.latex import latex
from derive.writing.width import LINE, broken, width, words

PS09 = Notation(names={"m": "m_w", "m_hat": r"\hat{m}_w", "g": r"\nabla_w L"})
t, k, j, l, L, c, s = (Symbol(n) for n in "tkjlLcs")
beta, beta1, eta, eps, w0, W_in, P, K_, S_ = (
    Symbol(n) for n in ("beta", "beta1", "eta", "eps", "w0", "W_in", "P", "K", "S")
)
m, m_hat, m_s, g, w, W, K, S = (Function(n) for n in ("m", "m_hat", "m_s", "g", "w", "W", "K", "S"))

TYPED: list[tuple[Expr, str]] = [
    (beta - 1, r"\beta-1"),
    (1 - beta, r"1-\beta"),
    (c * eta, r"\eta c"),
    (-eta * t, r"-\eta t"),
    (c * (1 - beta**t) / (1 - beta), r"c \frac{1-\beta^{t}}{1-\beta}"),
    (c * (1 - beta1) * Sum(beta1**k, (k, 0, t - 1)), r"(1-\beta_1) c \sum_{k=0}^{t-1} \beta_1^{k}"),
    (
        -eta * c / (1 - beta) * (t + 1 - (1 - beta ** (t + 1)) / (1 - beta)),
        r"-\frac{\eta c}{1-\beta}\left(t+1-\frac{1-\beta^{t+1}}{1-\beta}\right)",
    ),
    (w0 - eta * t, r"w_0-\eta t"),
    (c / (c + eps), r"\frac{c}{c+\epsilon}"),
    (beta * m(t) + g(t), r"\beta m_w^{(t)}+\nabla_w L^{(t)}"),
    (g(t) ** 2, r"(\nabla_w L^{(t)})^{2}"),
    (
        m_hat(t + 1) / (sqrt(m_hat(t)) + eps),
        r"\frac{\hat{m}_w^{(t+1)}}{\sqrt{\hat{m}_w^{(t)}}+\epsilon}",
    ),
    (m_s(t), "m_w^{(t)}(s)"),
    (
        10 * c * (1 - Rational(9, 10) ** t),
        r"10 c(1-\left(\frac{9}{10}\right)^{t})".replace("c(", r"c\left(").replace(
            "})", r"}\right)"
        ),
    ),
    (
        floor((W_in + 2 * P - K_) / S_) + 1,
        r"\left\lfloor \frac{W_{\mathrm{in}}+2 P-K}{S} \right\rfloor+1",
    ),
    (S(l + 1) * (W(l + 1) - 1) + K(l + 1), r"S^{(l+1)}(W^{(l+1)}-1)+K^{(l+1)}"),
    (
        Sum((K(j) - 1) * Product(S(k), (k, 1, j - 1)), (j, 1, L)) + 1,
        r"\left(\sum_{j=1}^{L} (K^{(j)}-1) \prod_{k=1}^{j-1} S^{(k)}\right)+1",
    ),
    (Add(S_ * k, Add(K_, -S_), evaluate=False), "S k+(K-S)"),
    (Mul(Add(5, -1, evaluate=False), 2, 1, evaluate=False), r"(5-1) \cdot 2 \cdot 1"),
    (Add(1, 2, 8, 6, evaluate=False), "1+2+8+6"),
    (-c * (1 - beta1**t), r"-c(1-\beta_1^{t})"),
    (sqrt(c**2), r"\sqrt{c^{2}}"),
    (Integer(-3) * c, "-3 c"),
    (c * Rational(-1, 2), r"-\frac{c}{2}"),
]


@pytest.mark.parametrize(("expr", "typed"), TYPED, ids=[typed for _, typed in TYPED])
def test_as_typed_by_hand(expr: Expr, typed: str) -> None:
    assert latex(expr, PS09) == typed


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("beta1", r"\beta_1"),
        ("eps", r"\epsilon"),
        ("lam", r"\lambda"),
        ("v_hat", r"\hat{v}"),
        ("W_out", r"W_{\mathrm{out}}"),
        ("rate", r"\mathrm{rate}"),
        ("x10", "x_{10}"),
        ("a_b", "a_b"),
        ("mu2_bar", r"\bar{\mu_2}"),
    ],
)
def test_names(name: str, typed: str) -> None:
    assert Notation().symbol(name) == typed


def test_subscript_index() -> None:
    paper = Notation("subscript")
    assert latex(beta1 * m(t - 1) + g(t - 1), paper) == r"\beta_1 m_{t-1}+g_{t}", (
        "papers count gradients from 1"
    )
    assert latex(K(j), paper) == "K_{j}"
    assert latex(m(t), Notation("subscript", {"m": "m_w"})) == "m_{w,t}"


@pytest.mark.parametrize("unknown", [zeta(t), uppergamma(c, t)])
def test_an_unknown_node_is_refused(unknown: Expr) -> None:
    with pytest.raises(NotWritable, match="no LaTeX"):
        latex(unknown, PS09)


def test_widths_are_near_those_of_tex() -> None:
    """Measured once with TeX at 11 pt; a quarter off would still break lines in the right place."""
    measured = {
        r"c \frac{1-\beta^{t}}{1-\beta}": 34,
        r"S^{(l+1)} W^{(l+1)}+(K^{(l+1)}-S^{(l+1)})": 152,
        r"-\frac{\eta c}{1-\beta}\left(t+1-\frac{1-\beta^{t+1}}{1-\beta}\right)": 130,
    }
    for text, points in measured.items():
        assert 0.75 * points < width(text) < 1.25 * points < LINE
    assert (
        0.75 * 288
        < words("multiply out; split the sum; take the factor into the product")
        < 1.25 * 288
    )


def test_a_long_formula_is_cut_between_its_terms() -> None:
    text = (
        "+".join(rf"\left(a_{{{n}}}-\frac{{b+c}}{{d}}\right) x^{{({n}+1)}}" for n in range(12))
        + "-y"
    )
    pieces = broken(text, 200)
    assert len(pieces) > 3 and "".join(pieces) == text
    assert all(width(piece) <= 200 for piece in pieces)
    assert all(piece[0] in "+-" and piece.count("(") == piece.count(")") for piece in pieces[1:])
    assert broken("a+b", 200) == ["a+b"] and broken(r"\frac{a+b}{c}", 1) == [r"\frac{a+b}{c}"]
