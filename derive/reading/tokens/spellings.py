"""How one thing is spelled in LaTeX: spacing that says nothing, signs and letters of several
spellings, commands that act."""

from __future__ import annotations

import re

from derive.reading.tokens.token import Refused, Token, Unreadable

SPACES = frozenset(
    r"\, \! \; \: \> \/ \left \right \big \Big \bigg \Bigg \bigl \bigr \Bigl \Bigr \biggl "
    r"\biggr \Biggl \Biggr "
    r"\middle \displaystyle \textstyle \scriptstyle \limits \nolimits \notag \nonumber \relax "
    r"\allowbreak \strut "
    r"\centering \mathstrut \noindent \mathop \mathbin \mathrel \smash \mathopen \mathclose "
    r"\medspace \thinspace \rm "
    r"\thickspace \negthinspace \negmedspace \negthickspace \it \small".split()
) | {"\\ "}
GAPS = frozenset([r"\quad", r"\qquad", r"\hspace", r"\hfill", r"\enspace"])
SAME = {
    **dict.fromkeys([r"\dfrac", r"\tfrac", r"\cfrac"], r"\frac"),
    **dict.fromkeys([r"\dbinom", r"\tbinom"], r"\binom"),
    **dict.fromkeys([r"\varepsilon", "ε", "ϵ"], r"\epsilon"),
    **dict.fromkeys([r"\widehat"], r"\hat"),
    **dict.fromkeys([r"\widetilde"], r"\tilde"),
    **{
        "⌊": r"\lfloor",
        "⌋": r"\rfloor",
        "⌈": r"\lceil",
        "⌉": r"\rceil",
        "∑": r"\sum",
        "∏": r"\prod",
        "√": r"\sqrt",
        "∞": r"\infty",
    },
    r"\vartheta": r"\theta",
    r"\varphi": r"\phi",
    r"\varrho": r"\rho",
}
OPERATORS = {
    **{c: c for c in (*"+-/^_!,;=<>:&'.", ":=", "<=", ">=", "!=", "<-", "->", "...")},
    "**": "^",
    **dict.fromkeys(["*", r"\cdot", r"\times", r"\ast", "·", "×", "⋅", "∗"], "*"),
    **dict.fromkeys([r"\div", "÷"], "/"),
    **dict.fromkeys(["−", "–"], "-"),
    **dict.fromkeys([r"\le", r"\leq", r"\leqslant", "≤"], "<="),
    **dict.fromkeys([r"\ge", r"\geq", r"\geqslant", "≥"], ">="),
    **dict.fromkeys([r"\ne", r"\neq", "≠"], "!="),
    **dict.fromkeys([r"\lt"], "<"),
    **dict.fromkeys([r"\gt"], ">"),
    **dict.fromkeys([r"\coloneqq", r"\coloneq", r"\triangleq", r"\equiv", "≡"], ":="),
    **dict.fromkeys([r"\leftarrow", r"\gets", r"\longleftarrow", "←"], "<-"),
    **dict.fromkeys([r"\to", r"\rightarrow", r"\longrightarrow", "→"], "->"),
    **dict.fromkeys(
        [
            r"\implies",
            r"\Rightarrow",
            r"\Longrightarrow",
            r"\iff",
            r"\Leftrightarrow",
            "⇒",
            r"\therefore",
        ],
        "=>",
    ),
    **dict.fromkeys([r"\approx", r"\simeq", r"\sim", r"\cong", "≈"], "~"),
    **dict.fromkeys([r"\mid"], "divides"),
    **dict.fromkeys([r"\in", "∈"], "in"),
    **dict.fromkeys([r"\wedge", r"\land", "∧"], "and"),
    **dict.fromkeys([r"\vee", r"\lor", "∨"], "or"),
    **dict.fromkeys([r"\forall", "∀"], "forall"),
    **dict.fromkeys(
        [r"\ldots", r"\dots", r"\cdots", r"\dotsc", r"\dotsb", r"\dotsm", r"\dotso", "…", "⋯"],
        "...",
    ),
    **dict.fromkeys([r"\bmod", r"\mod", r"\pmod"], "mod"),
    **dict.fromkeys([r"\prime"], "'"),
    r"\\": "row",
    **dict.fromkeys(["|", r"\vert"], "|"),
}
OPEN = {
    "(": ")",
    "[": "]",
    r"\{": r"\}",
    "{": "}",
    r"\lfloor": r"\rfloor",
    r"\lceil": r"\rceil",
    r"\lbrace": r"\rbrace",
}
OPEN[r"\lvert"] = r"\rvert"
SIDED_BAR = re.compile(
    r"\\(left|right|[bB]igg?[lr])\s*(\||\\vert(?![A-Za-z]))"
)  # which of the two it is
CLOSE = frozenset(OPEN.values())
GREEK = dict(zip("αβγδζηθικλμνξπρστυφχψω", (rf"\{n}" for n in (
    "alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon "
    "phi chi psi omega".split()
)), strict=True))  # fmt: skip
FONTS = frozenset(
    r"\mathbf \boldsymbol \bm \mathcal \mathbb \mathtt".split()
)  # in which a letter is another letter
UPRIGHT = frozenset(
    r"\mathrm \mathit \mathsf \mathtt \operatorname \operatorname* \mathbf \boldsymbol \bm "
    r"\mathcal \mathbb".split()
)
# What is looked through, with the number of arguments before what is meant; behind a brace goes
# what it is called.
SEEN_THROUGH = {r"\boxed": 0, r"\fbox": 0, r"\ensuremath": 0, r"\underbrace": 0, r"\overbrace": 0}
SEEN_THROUGH |= {r"\stackrel": 1, r"\overset": 1, r"\underset": 1, r"\textcolor": 1}
ABOVE = frozenset([r"\stackrel", r"\overset", r"\underset"])  # something is set on a sign
BRACED = {r"\underbrace": "_", r"\overbrace": "^"}
TEXTS = frozenset(r"\text \textrm \textit \textbf \mbox \textnormal \intertext \textsf".split())
DROPPED = frozenset(
    r"\label \hspace \vspace \phantom \vphantom \hphantom \color \ref \eqref \cite".split()
)  # with their argument
TAKING = (
    UPRIGHT | TEXTS | DROPPED | GAPS | SEEN_THROUGH.keys() | {r"\tag", r"\tag*", r"\begin", r"\end"}
)  # arguments
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵃᵇᶜᵈᵉʲᵏˡᵐⁿᵒᵖʳˢᵗᴸ", "0123456789+-()abcdejklmnoprstL")
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₖₗₘₙₚₛₜⱼᵢ", "0123456789+-()klmnpstji")
UP, DOWN = ("".join(map(chr, table)) for table in (RAISED, LOWERED))
MARKS = {"\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar"}  # set on the letter before
WORD = re.compile(
    rf"[^\W\d_][{''.join(MARKS)}]|"
    rf"[{UP}]+|[{DOWN}]+|"
    r"\\(?:[A-Za-z]+\*?|.)|\d+(?:\.\d+)?|\.\d+|\s+|:=|<=|>=|!=|<-|->|\*\*|\.{3}|.",
    re.DOTALL,
)
HOSTILE = re.compile(
    r"\\(?:input|include|write|read|open|close|immediate|def|edef|gdef|xdef|let|newcommand|renewcommand|usepackage|catcode|csname"
    r"|expandafter|loop|special|directlua|newread|newwrite|jobname|verbatiminput|lstinputlisting|url|href|includegraphics)(?![A-Za-z])"
)
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd\ud800-\udfff]"
)


MOST_DIGITS = 30


def one(word: str, at: int) -> Token:
    """One sign, number, letter or command as a token, in the spelling that it has here."""
    look = word if word.startswith(r"\var") else ""
    word = GREEK.get(word, SAME.get(word, word))
    if word in OPERATORS:
        return Token("op", OPERATORS[word], at)
    if word in OPEN or word in CLOSE:
        return Token(
            "open" if word in OPEN else "close",
            word.replace("brace", "{}"[word.startswith(r"\r")]),
            at,
        )
    if word[0].isdigit() or (word[0] == "." and len(word) > 1):
        if len(word) > MOST_DIGITS:
            raise Refused(f"a number with {len(word)} digits; at most {MOST_DIGITS} are read", at)
        return Token("number", word, at)
    if word[0] == "\\" and len(word) > 1:
        return Token("command", word, at, look)
    if word.isascii() and word.isalpha():
        return Token("letter", word, at)
    raise Unreadable(f'the character "{word}" has no meaning here', at)
