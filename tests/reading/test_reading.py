"""Reading LaTeX: each notation as typed by hand, its place where it cannot be read, and every made
line read back."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from sympy import (
    Abs,
    Expr,
    Function,
    KroneckerDelta,
    Max,
    Mod,
    Piecewise,
    Product,
    Rational,
    RisingFactorial,
    Sum,
    Symbol,
    Tuple,
    binomial,
    ceiling,
    exp,
    factorial,
    floor,
    harmonic,
    log,
    sqrt,
    symbols,
)

from derive.desk.proofreading.letters.settings import Setting, settings
from derive.desk.sheets.problem import read_problems
from derive.model.language.terms import same_names
from derive.notation import ACCENTS, GREEK, HEADS, SHORT, Notation
from derive.reading.latex.sides import side
from derive.reading.latex.words import Vocabulary, Word, words_of
from derive.reading.texts.chains import statements
from derive.reading.texts.documents import document
from derive.reading.tokens.heads import spelled
from derive.reading.tokens.token import Refused, Unreadable
from derive.reading.tokens.tokens import tokens
from derive.writing.latex import latex

ROOT = Path(__file__).parents[2]
a, b, c, t, k, i, j, n, L, l, S, K, P, beta, beta1, beta2, eta, eps = symbols(
    "a b c t k i j n L l S K P beta beta1 beta2 eta eps"
)
W_in = Symbol("W_in")
m, v, w, m_hat, g, E, Var = map(Function, ("m", "v", "w", "m_hat", "g", "E", "Var"))
Ks, Ss, W = map(Function, ("K", "S", "W"))
PS09 = Notation("superscript", {"m": "m_w", "v": "v_w", "m_hat": r"\hat{m}_w", "g": r"\nabla_w L"})
LETTERS = (a, b, c, t, L, l, P, beta, beta1, beta2, eta, eps, W_in)
WORDS = words_of(
    PS09,
    [*(Word(s.name, s) for s in LETTERS), *map(Word, ("m", "v", "w", "m_hat", "g", "K", "S", "W"))],
)
VOCABULARY = Vocabulary(WORDS, frozenset("tlLkijn"))

# What is read, in words; how it is written; what that is. The table in derive/reading/README.md is made from this.
NOTATIONS: list[tuple[str, str, Expr]] = [
    (
        "a product without a sign, with one, in several spellings",
        r"2 a b + a \cdot b + a \times b + a*b",
        5 * a * b,
    ),
    (
        "a fraction, also without braces, also with a slash",
        r"\frac{a}{b} + \dfrac12 + a/(b+1)",
        a / b + Rational(1, 2) + a / (b + 1),
    ),
    (
        "a slash before a bracket, then more factors",
        r"c/(1-\beta)(1-\beta^t)",
        c / (1 - beta) * (1 - beta**t),
    ),
    ("brackets of any kind and size", r"\left(a + \bigl[b - \{c\}\bigr]\right)", a + b - c),
    (
        "spacing and layout, which say nothing",
        r"\displaystyle a\,\! + \; b \quad {} - \left. c \right.",
        a + b - c,
    ),
    (
        "powers and roots",
        r"\sqrt{a} + \sqrt[3]{b} + c^{-2} + \beta^t",
        sqrt(a) + b ** Rational(1, 3) + c**-2 + beta**t,
    ),
    ("decimals, exactly", "0.9 a", Rational(9, 10) * a),
    ("an index above, in brackets", r"m_w^{(t+1)} - \hat{m}_w^{(t)}", m(t + 1) - m_hat(t)),
    ("an index above without brackets, of a sequence", "S^{l+1} W^{l+1}", Ss(l + 1) * W(l + 1)),
    ("an index below, also behind another", r"m_{t-1} + m_{w,t} + K_l", m(t - 1) + m(t) + Ks(l)),
    ("an index as of a function", "m(t) + w(0)", m(t) + w(0)),
    (
        "accents, with and without braces",
        r"\hat m_w^{(t)} + \widehat{m}_{w}^{(t)} + \hat{m_t}",
        3 * m_hat(t),
    ),
    ("gradients", r"\nabla_w L^{(t)} + \frac{\partial L^{(t)}}{\partial w} + g^{(t)}", 3 * g(t)),
    ("upright letters below", r"W_{\mathrm{in}} + W_{\text{in}} + W_{in}", 3 * W_in),
    ("Greek, also as characters", r"\beta_1 + β_2 + \varepsilon", beta1 + beta2 + eps),
    ("raised and lowered characters", "c² + β₁ᵗ", c**2 + beta1**t),
    (
        "a sum to the next plus or minus",
        r"\sum_{k=0}^{t-1} \beta^k c + 1",
        Sum(beta**k * c, (k, 0, t - 1)) + 1,
    ),
    (
        "a product, behind which goes on what its index is not in",
        r"\prod_{i=1}^{L} S^{(i)} W^{(L)}",
        Product(Ss(i), (i, 1, L)) * W(L),
    ),
    ("an empty product", r"\prod_{i=1}^{0} S^{(i)}", Product(Ss(i), (i, 1, 0))),
    (
        "a sum with dots, checked against its first terms",
        r"c + \beta c + \ldots + \beta^{t-1} c",
        Sum(beta**k * c, (k, 0, t - 1)),
    ),
    (
        "a sum with dots by its first terms",
        r"t + (t-1)\beta + (t-2)\beta^2 + \cdots + \beta^{t-1}",
        Sum((t - k) * beta**k, (k, 0, t - 1)),
    ),
    ("a product with dots", r"S_1 S_2 \cdots S_L", Product(Ss(k), (k, 1, L))),
    (
        "rounding down and up",
        r"\lfloor a/2 \rfloor + \left\lceil \frac{b}{2} \right\rceil",
        floor(a / 2) + ceiling(b / 2),
    ),
    ("sizes and the greater of two", r"|a - b| + \max(a, b)", Abs(a - b) + Max(a, b)),
    (
        "factorials, binomials, rising powers",
        r"t! + \binom{t}{2} + a^{\overline{t}}",
        factorial(t) + binomial(t, 2) + RisingFactorial(a, t),
    ),
    ("harmonic numbers", r"H_t + H_{t}^{(2)}", harmonic(t) + harmonic(t, 2)),
    ("named functions", r"\log a + \ln(b) + \exp(c) + e^{-t}", log(a) + log(b) + exp(c) + exp(-t)),
    ("remainders", r"t \bmod 2", Mod(t, 2)),
    (
        "values by cases",
        r"\begin{cases} c & t < 5 \\ 0 & \text{otherwise} \end{cases}",
        Piecewise((c, t < 5), (0, True)),
    ),
    ("1 where it holds, 0 elsewhere", "[t = 1]", KroneckerDelta(1, t)),
    ("a sum in square brackets", r"2 \left[\sum_{k=1}^{t} k\right]", 2 * Sum(k, (k, 1, t))),
    (
        "expectation and variance, which are read but not decided",
        r"\mathbb{E}[a] + \operatorname{Var}(b)",
        E(a) + Var(b),
    ),
]


def evaluated(expr: Expr) -> Expr:
    """Nothing left as it was written: what groupings a line shows is not what it says."""
    if not expr.args:
        return expr
    args = [evaluated(x) for x in expr.args]  # type: ignore[arg-type]
    if isinstance(expr, Tuple):
        return Tuple(*args)  # type: ignore[return-value]
    if isinstance(expr, Sum | Product):
        return expr.func(args[0], *map(tuple, args[1:]))  # type: ignore[arg-type]
    return expr.func(*args)


def alike(one: Expr, other: Expr) -> bool:
    first, second = same_names(evaluated(one)), same_names(evaluated(other))
    return first == second or (first - second).expand() == 0  # type: ignore[operator]


@pytest.mark.parametrize(
    ("what", "text", "value"), NOTATIONS, ids=[what for what, _, _ in NOTATIONS]
)
def test_a_notation(what: str, text: str, value: Expr) -> None:
    assert alike(side(tokens(text), VOCABULARY), value)


def reading_table() -> str:
    rows = [f"| {what} | `{text.replace('|', chr(92) + '|')}` |" for what, text, _ in NOTATIONS]
    return "\n".join(["| what is read | for example |", "|---|---|", *rows])


def test_the_readme_lists_what_is_read() -> None:
    page = ROOT / "derive" / "reading" / "README.md"
    assert reading_table() in page.read_text(encoding="utf-8")


TYPED = {
    **{name: rf"\{name}" for name in (
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "pi",
        "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
    )},
    "eps": r"\epsilon", "lam": r"\lambda", "left": "a", "right": "b", "centre": "c",
    "m_hat": r"\hat{m}", "m_bar": r"\bar{m}", "m_tilde": r"\tilde{m}",
    "out": r"W_{\mathrm{out}}", "min_in": r"W_{\mathrm{in}}", "reads": "R", "read": "N",
    "beta1": r"\beta_1", "W_in": r"W_{\mathrm{in}}", "w0": "w_0",
}  # fmt: skip


def test_every_entry_of_the_dictionary_is_typed_by_hand_and_found_again() -> None:
    entries = {*GREEK, *SHORT, *HEADS, *(f"m_{accent}" for accent in ACCENTS)}
    assert entries <= TYPED.keys()
    for name, typed in TYPED.items():
        written = HEADS.get(name) or Notation().symbol(name)
        assert written == typed
        if name != "pi":  # a number
            words = words_of(Notation(), [Word(name, Symbol(name))])
            assert side(tokens(typed), Vocabulary(words)) == Symbol(name) and list(words) == [
                spelled(typed)
            ]


@cache
def made(problem: str) -> list[Setting]:
    return settings(read_problems(ROOT / "solutions" / problem / "problem.toml"))


SLOW = {"recurrences": [pytest.mark.slow]}
PROBLEMS = sorted(p.parent.name for p in ROOT.glob("solutions/*/problem.toml"))


@pytest.mark.parametrize(
    "problem", [pytest.param(name, marks=SLOW.get(name, [])) for name in PROBLEMS]
)
def test_every_made_line_reads_back_as_what_was_written(problem: str) -> None:
    count = 0
    for setting in (s for s in made(problem) if not s.general):
        for piece in setting.pieces:
            chain = piece.run.shown(piece.name)
            for step in (*chain.lemmas, *chain.steps):
                for expr in (step.claim.left, step.claim.right):
                    read = side(tokens(latex(expr, setting.notation)), setting.vocabulary)
                    assert alike(getattr(setting.model, "said", lambda e: e)(read), expr)
                    count += 1
    assert count > 50


WRONG = [  # what is written, at which character it is not read, what is said
    (r"\frac{a}{b", 8, "not closed"),
    ("(a + b]]", 7, '"]" is not expected here'),
    ("a + ", 2, "missing"),
    ("a * / b", 4, "factor is missing"),
    ("c/t b", 4, "two ways"),
    (r"\beta^12", 5, "write braces"),
    (r"a + \alpha", 4, "no letter of this problem"),
    (r"a + \foo{b}", 4, r"\foo has no meaning"),
    (r"\sum_{k} \beta^k", 0, "needs an index"),
    (r"\sum_{k=0}^{\infty} \beta^k", 12, r"\infty"),
    ("a + b + \\ldots", 8, "no last term"),
    ("1 + 2 + 4 + \\ldots + t", 12, "no pattern"),
    (r"c + \beta c + \ldots + \beta^{t} b", 14, "no pattern"),
    (r"\beta + \beta^2 + \beta^4 + \ldots + \beta^t", 28, "no pattern"),
    ("a'", 1, "prime"),
    (r"\frac{1}{0}", 0, "divides by zero"),
    ("a & b ü", 6, "no meaning"),
]


@pytest.mark.parametrize(("text", "at", "message"), WRONG, ids=[text for text, _, _ in WRONG])
def test_what_is_not_read_says_where(text: str, at: int, message: str) -> None:
    with pytest.raises(Unreadable) as error:
        side(tokens(text), VOCABULARY)
    assert message in error.value.why and error.value.at == at


@pytest.mark.parametrize(
    "text",
    [
        "9^{9^{9}}",
        "(10^9)!",
        r"\sum_{k=1}^{10^{12}} k",
        "{" * 60 + "c" + "}" * 60,
        "9" * 40,
        "c+" * 9_000,
    ],
)
def test_what_is_too_large_is_refused_and_not_tried(text: str) -> None:
    with pytest.raises(Refused):
        side(tokens(text), VOCABULARY)


TEXT = r"""
\newcommand{\bt}[1]{\beta_{#1}}
\begin{document}
Prose with $\bt{1} < 1$, % $a = b$
\verb|$x = y$| and \$5.
\begin{align}
  m_w^{(t)} &= c + {} \\
            &\quad + \beta c \notag \\
            &= d, \quad l = 0 \tag{7}\label{x}
\end{align}
\[ \begin{aligned} a &= b \\ c &= d \end{aligned} \]
$$= e$$
 (9) and
\end{document}
"""


def test_a_document_is_cut_into_statements_with_their_places() -> None:
    source = document(TEXT)
    number = [0]
    found = [s for formula in source.formulas for s in statements(formula, source, number)]
    shown = [
        (source.place(s.at)[0], [(x.sign, "".join(t.text for t in x.row), x.tag) for x in s.links])
        for s in found
    ]
    assert shown == [
        (4, [("", "\\beta_{1}", ""), ("<", "1", "")]),
        (7, [("", "m_w^{(t)}", ""), ("=", "c++\\betac", "1")]),
        (9, [("", "", ""), ("=", "d", "7")]),
        (9, [("", "l", ""), ("=", "0", "7")]),
        (11, [("", "a", ""), ("=", "b", "")]),
        (11, [("", "c", ""), ("=", "d", "")]),
        (12, [("", "", ""), ("=", "e", "9")]),
    ]
    assert found[2].continues and found[0].before.endswith("Prose with ")
