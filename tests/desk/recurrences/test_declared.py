"""Optimizers and stacks declared by LaTeX lines: three papers' notations, the library's entry, or
where they differ from it."""

from __future__ import annotations

import pytest

from derive import DeriveError, library, optimizer, receptive_field, solve, stack

KINGMA_BA = r"""
m_t \leftarrow \beta_1 \cdot m_{t-1} + (1-\beta_1) \cdot g_t
v_t \leftarrow \beta_2 \cdot v_{t-1} + (1-\beta_2) \cdot g_t^2
\hat{m}_t \leftarrow m_t/(1-\beta_1^t)
\hat{v}_t \leftarrow v_t/(1-\beta_2^t)
\theta_t \leftarrow \theta_{t-1} - \alpha \cdot \hat{m}_t/(\sqrt{\hat{v}_t}+\epsilon)"""
PYTORCH = r"""
g_t \leftarrow \nabla_{\theta} f_t (\theta_{t-1})
m_t \leftarrow \beta_1 m_{t-1} + (1 - \beta_1) g_t
v_t \leftarrow \beta_2 v_{t-1} + (1-\beta_2) g^2_t
\widehat{m_t} \leftarrow m_t/\big(1-\beta_1^t \big)
\widehat{v_t} \leftarrow v_t/\big(1-\beta_2^t \big)
\theta_t \leftarrow \theta_{t-1} - \gamma \widehat{m_t}/ \big(\sqrt{\widehat{v_t}} + \epsilon \big)"""
PS09_ADAM = r"""\begin{align}
m_w^{(t+1)} &\leftarrow \beta_1 m_w^{(t)} + (1 - \beta_1) \nabla_w L^{(t)} \\
v_w^{(t+1)} &\leftarrow \beta_2 v_w^{(t)} + (1 - \beta_2) (\nabla_w L^{(t)})^2 \\
\hat{m}_w &= \frac{m_w^{(t+1)}}{1 - \beta_1^{t+1}} \\
\hat v_w &= \frac{v_w^{(t+1)}}{1 - \beta_2^{t+1}} \\
w^{(t+1)} &\leftarrow w^{(t)} - \eta \frac{\hat{m}_w}{\sqrt{\hat{v}_w} + \epsilon}
\end{align}"""
SAME = {
    "adam, as Kingma and Ba print it": ("adam", KINGMA_BA),
    "adam, as PyTorch's documentation has it": ("adam", PYTORCH),
    "adam, as the problem set has it": ("adam", PS09_ADAM),
    "sgdm, as the problem set has it": (
        "sgdm",
        r"m_w^{(t+1)} \leftarrow \beta m_w^{(t)} + \nabla_w L^{(t)}, \quad w^{(t+1)} "
        r"\leftarrow w^{(t)} - \eta m_w^{(t+1)}",
    ),
    "sgdm, as PyTorch's documentation has it": (
        "sgdm",
        "b_t \\leftarrow \\mu b_{t-1} + g_t\n\\theta_t \\leftarrow \\theta_{t-1} - \\gamma b_t",
    ),
    "sgd, with the start": (
        "sgd",
        r"\theta_0 = 0 \\ \theta_{t+1} = \theta_t - \alpha \nabla f(\theta_t)",
    ),
    "signSGD": ("signsgd", r"\theta_t = \theta_{t-1} - \gamma \operatorname{sign}(g_t)"),
    "rmsprop": (
        "rmsprop",
        r"v_t = \alpha v_{t-1} + (1-\alpha) g_t^2 \\ \theta_t = \theta_{t-1} - \gamma g_t / "
        r"(\sqrt{v_t} + \epsilon)",
    ),
    "adagrad": (
        "adagrad",
        r"G_t = G_{t-1} + g_t^2 \\ \theta_t = \theta_{t-1} - \eta \frac{g_t}{\sqrt{G_t} + "
        r"\epsilon}",
    ),
}


@pytest.mark.parametrize("what", SAME)
def test_it_is_the_librarys_entry(what: str) -> None:
    name, text = SAME[what]
    assert optimizer(text) == library()[name]


def test_where_it_differs_is_said_and_it_is_solved_as_it_stands() -> None:
    found = optimizer(KINGMA_BA.replace(r"/(1-\beta_2^t)", ""))
    assert found not in library().values()
    assert found.source == "differs from adam: v_hat <- v, and not v_hat <- v/(1 - beta2**t)"
    inside = optimizer(
        KINGMA_BA.replace(r"\sqrt{\hat{v}_t}+\epsilon", r"\sqrt{\hat{v}_t+\epsilon}")
    )
    assert "differs from adam: w <- " in inside.source
    run = solve(
        optimizer(
            r"b_t = \mu b_{t-1} + g_t \\ g_t = g_t + \mu b_t \\ \theta_t = \theta_{t-1} - "
            r"\gamma g_t"
        )
    )  # Nesterov
    assert all(verdict.holds for verdict in run.check().values())
    assert str(run.w.subs({"t": 1, "mu": 0})) == "-c*gamma"


WRONG = [
    (r"m_t \leftarrow \beta m_{t-1} +", "line 1, column 30"),
    ("\\theta_t = \\theta_{t-1} - \\eta g_t\nm_t = \\beta m_{t-2} + g_t", "2 steps back"),
    (
        r"\theta_t = \theta_{t-1} - \eta m_t \\ m_t = \beta m_{t-1} + g_t",
        "before the line that makes it",
    ),
    (r"m_t = \beta m_{t-1} + g_t \\ w_{t+1} = w_t - \eta m_t", "same step"),
    (
        r"\theta_t = \theta_{t-1} - \eta \nabla f(\theta_{t-1} - \mu b_{t-1})",
        "not taken at the parameter",
    ),
    (r"\eta = 3", "same step"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_is_no_program_says_where(text: str, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        optimizer(text)


def test_a_stack_by_its_recurrence() -> None:
    plain = r"W^{(l)} = S^{(l+1)} \cdot (W^{(l+1)} - 1) + K^{(l+1)}, \qquad W^{(L)} = 1"
    assert stack(plain).W == receptive_field().W
    dilated = r"W_l = S_{l+1} (W_{l+1} - 1) + D_{l+1} (K_{l+1} - 1) + 1, \qquad W_L = 1"
    assert stack(dilated).W == receptive_field(K="K(l)", S="S(l)", D="D(l)", L="L").W
    with pytest.raises(
        DeriveError, match=r"line 1: this is not so in a stack of convolutions: FAILS .*K\(1\)"
    ):
        stack(r"W^{(l)} = S^{(l+1)} W^{(l+1)} + K^{(l+1)}")
    with pytest.raises(DeriveError, match="the start is missing"):
        stack(plain.partition(",")[0])
    with pytest.raises(DeriveError, match="no letter of a stack"):
        stack(r"W^{(l)} = S^{(l+1)} W^{(l+1)} + Q")


MORE = r"\\ w_t = w_{t-1} - \eta m_t"
UNREAD = [
    (r"w_t = w_{t-1} - \eta\, \mathrm{clip}(g_t)", "clip is no function"),
    (r"w_t = w_{t-1} - \eta E[g_t]", "E is no function"),
    (r"w_t = w_{t-1} - \eta \mathbb{E}[g_t]", "no function"),
    *(
        (rf"w_t {sign} w_{{t-1}} - \eta g_t", "assigns nothing")
        for sign in (r"\ne", r"\le", ">", r"\approx", r"\sim")
    ),
    *(
        (rf"w_t = w_{{t-1}} - \eta g_{{{at}}}", "gradient of another step")
        for at in ("t-1", "t-7", "t+1", "0", "t^2")
    ),
    (r"w_t = w_{t-1} - \eta_t g_t", "schedule as an expression in t"),
    (r"w_t = w_{t-1} - \eta_{t-1} g_t", "schedule as an expression in t"),
    (r"m_t = \beta_t m_{t-1} + g_t" + MORE, "schedule as an expression in t"),
    (r"m_0 = c \\ m_t = \beta m_{t-1} + g_t" + MORE, "a start is a number"),
    (r"\eta_0 = 1 \\ w_t = w_{t-1} - \eta g_t", "has no start"),
    *(
        (rf"w_t = w_{{t-1}} - \eta g_t \\ w_t = {again}", "second time")
        for again in ("2w_t", "w_t + 5", "5")
    ),
    (r"$w_t = w_{t-1} - \eta g_t$ \text{(every 5 steps)}", "every"),
    (r"w_t = w_{t-1} - \eta g_t \text{ (every 5 steps)}", "every"),
    (r"Not: $w_t = w_{t-1} - \eta g_t$", "Not"),
    (r"w_t = w_{t-1} - \eta \cancel{g_t}", "cancel"),
    ("w_t = w_{t-1}^{10^{10}}", "too large"),
]


@pytest.mark.parametrize(("text", "message"), UNREAD)
def test_nothing_of_a_program_is_passed_over(text: str, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        optimizer(text)


def test_functions_starts_and_bare_lines_are_read() -> None:
    for written, read in [
        (r"\operatorname{sign}(g_t - 1)", "sign(g - 1)"),
        (r"\mathrm{sgn}(g_t - 1)", "sign(g - 1)"),
        ("|g_t|", "abs(g)"),
        (r"\max(g_t, 0)", "max(0, g)"),
    ]:
        found = optimizer(rf"w_t = w_{{t-1}} - \eta {written}")
        assert found.lines == (f"w <- -eta*{read} + w",) and found.source.startswith(
            "differs from sgd: w <- "
        )
    started = optimizer(r"m_0 = 1 \\ m_t = \beta m_{t-1} + g_t" + MORE)
    assert (
        started.start == {"m": "1", "w": "0"} and started.source == "differs from sgdm: its start"
    )
    line = r"w_t = w_{t-1} - \eta g_t"
    for same in (r"w \leftarrow w - \eta g", r"x_{k+1} = x_k - \eta g_k", rf"{line} \\ {line}"):
        assert optimizer(same) == library()["sgd"]
