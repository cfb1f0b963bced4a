"""Optimizers as their papers print them, for one parameter in float64: no common core on purpose.

Each is a generator of the parameter after steps 1, 2, ...; g(t, w) is the gradient of step t at w.
Moments start at 0 unless a docstring says otherwise.
"""

import math
from collections.abc import Callable, Iterator
from itertools import count

Gradient = Callable[[int, float], float]


def sign(x: float) -> float:
    """-1, 0 or 1."""
    if x > 0.0:
        return 1.0
    if x < 0.0:
        return -1.0
    return 0.0


# Momentum and averages


def sgd(
    g: Gradient,
    w: float,
    *,
    eta: float,
    momentum: float = 0.0,
    dampening: float = 0.0,
    nesterov: bool = False,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Iterator[float]:
    """torch.optim.SGD: rate outside the buffer; the first buffer is the undampened gradient."""
    theta = w
    b: float | None = None
    for t in count(1):
        g_t = g(t, theta)
        if maximize:
            g_t = -g_t
        g_t = g_t + weight_decay * theta
        if momentum != 0.0:
            b = g_t if b is None else momentum * b + (1.0 - dampening) * g_t
            g_t = g_t + momentum * b if nesterov else b
        theta = theta - eta * g_t
        yield theta


def sgdm(g: Gradient, w: float, *, eta: float, beta: float) -> Iterator[float]:
    """Classical momentum (Polyak 1964) as a sum of gradients, the rate outside."""
    m = 0.0
    for t in count(1):
        m = beta * m + g(t, w)
        w = w - eta * m
        yield w


def sgdm_ema(g: Gradient, w: float, *, eta: float, beta: float) -> Iterator[float]:
    """Momentum as Ma and Yarats 2019 write it (section 2): an average, weight 1-beta."""
    theta = w
    buffer = 0.0
    for t in count(1):
        buffer = beta * buffer + (1.0 - beta) * g(t, theta)
        theta = theta - eta * buffer
        yield theta


def keras_sgd(
    g: Gradient, w: float, *, eta: float, momentum: float, nesterov: bool = False
) -> Iterator[float]:
    """keras.optimizers.SGD: the velocity holds the rate, and is added."""
    velocity = 0.0
    for t in count(1):
        gradient = g(t, w)
        velocity = momentum * velocity - eta * gradient
        w = w + momentum * velocity - eta * gradient if nesterov else w + velocity
        yield w


def heavy_ball(g: Gradient, w: float, *, alpha: float, beta: float) -> Iterator[float]:
    """Polyak 1964, the two-step method, with w_0 = w_{-1} (the first step is plain)."""
    x_previous = w
    x = w
    for t in count(1):
        x_next = x - alpha * g(t, x) + beta * (x - x_previous)
        x_previous, x = x, x_next
        yield x


def nesterov(g: Gradient, w: float, *, eta: float, mu: float) -> Iterator[float]:
    """Sutskever et al. 2013 (3)-(4): the gradient at theta + mu v; yields theta, not that place."""
    theta = w
    v = 0.0
    for t in count(1):
        v = mu * v - eta * g(t, theta + mu * v)
        theta = theta + v
        yield theta


def nesterov_bengio(g: Gradient, w: float, *, eta: float, mu: float) -> Iterator[float]:
    """Bengio et al. 2013, section 3.5, constant mu: w is the look-ahead place theta + mu v."""
    capital_theta = w
    v = 0.0
    for t in count(1):
        gradient = g(t, capital_theta)
        capital_theta = capital_theta + mu * mu * v - (1.0 + mu) * eta * gradient
        v = mu * v - eta * gradient
        yield capital_theta


def nesterov_1983(g: Gradient, w: float, *, eta: float) -> Iterator[float]:
    """Nesterov 1983, constant rate: a_1 = 1, y_1 = x_0; gradients at y, yields x."""
    x = w
    y = w
    a = 1.0
    for k in count(1):
        x_next = y - eta * g(k, y)
        a_next = (1.0 + math.sqrt(4.0 * a**2 + 1.0)) / 2.0
        y = x_next + (a - 1.0) / a_next * (x_next - x)
        x = x_next
        a = a_next
        yield x


def qhm(g: Gradient, w: float, *, eta: float, beta: float, nu: float) -> Iterator[float]:
    """Ma and Yarats 2019, QHM (section 3): the buffer is an average, weight 1-beta."""
    theta = w
    buffer = 0.0
    for t in count(1):
        gradient = g(t, theta)
        buffer = beta * buffer + (1.0 - beta) * gradient
        theta = theta - eta * ((1.0 - nu) * gradient + nu * buffer)
        yield theta


def aggmo(
    g: Gradient, w: float, *, eta: float, beta1: float, beta2: float, beta3: float
) -> Iterator[float]:
    """Lucas et al. 2019, AggMo, K = 3: velocities without the rate, the mean of them is added."""
    theta = w
    v_1 = 0.0
    v_2 = 0.0
    v_3 = 0.0
    for t in count(1):
        gradient = g(t, theta)
        v_1 = beta1 * v_1 - gradient
        v_2 = beta2 * v_2 - gradient
        v_3 = beta3 * v_3 - gradient
        theta = theta + eta / 3.0 * (v_1 + v_2 + v_3)
        yield theta


def polyak_ruppert(g: Gradient, w: float, *, eta: float) -> Iterator[float]:
    """Polyak and Juditsky 1992: the inner plain SGD; the average is in AVERAGES."""
    x = w
    for t in count(1):
        x = x - eta * g(t, x)
        yield x


def polyak_ruppert_average(g: Gradient, w: float, *, eta: float) -> Iterator[float]:
    """Polyak and Juditsky 1992: the mean of x_1..x_t, the start x_0 left out."""
    x = w
    total = 0.0
    for t in count(1):
        x = x - eta * g(t, x)
        total = total + x
        yield total / t


def asgd(
    g: Gradient,
    w: float,
    *,
    eta: float,
    lambd: float,
    alpha: float,
    t0: float,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Iterator[float]:
    """torch.optim.ASGD: step t has rate eta / (1 + lambd eta (t-1))^alpha; yields the parameter."""
    param = w
    eta_t = eta
    for step in count(1):
        grad = g(step, param)
        if maximize:
            grad = -grad
        grad = grad + weight_decay * param
        param = param * (1.0 - lambd * eta_t)
        param = param - eta_t * grad
        eta_t = eta / (1.0 + lambd * eta * step) ** alpha
        yield param


def asgd_average(
    g: Gradient,
    w: float,
    *,
    eta: float,
    lambd: float,
    alpha: float,
    t0: float,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Iterator[float]:
    """torch.optim.ASGD: its ax; the weight mu of step t is 1 / max(1, t-1-t0), a copy where 1."""
    param = w
    eta_t = eta
    mu = 1.0
    ax = 0.0
    for step in count(1):
        grad = g(step, param)
        if maximize:
            grad = -grad
        grad = grad + weight_decay * param
        param = param * (1.0 - lambd * eta_t)
        param = param - eta_t * grad
        ax = ax + mu * (param - ax) if mu != 1.0 else param
        eta_t = eta / (1.0 + lambd * eta * step) ** alpha
        mu = 1.0 / max(1.0, step - t0)
        yield ax


def ema_weights(g: Gradient, w: float, *, eta: float, beta: float) -> Iterator[float]:
    """Average of weights by beta: the inner plain SGD; the average is in AVERAGES."""
    for t in count(1):
        w = w - eta * g(t, w)
        yield w


def ema_weights_average(g: Gradient, w: float, *, eta: float, beta: float) -> Iterator[float]:
    """Average of weights by beta, starting at the first w, without a bias correction."""
    a = w
    for t in count(1):
        w = w - eta * g(t, w)
        a = beta * a + (1.0 - beta) * w
        yield a


def lookahead(g: Gradient, w: float, *, eta: float, alpha: float, k: int) -> Iterator[float]:
    """Zhang et al. 2019 Algorithm 1, SGD inside: the fast weights, synchronised where due."""
    phi = w
    theta = w
    for t in count(1):
        theta = theta - eta * g(t, theta)
        if t % k == 0:
            phi = phi + alpha * (theta - phi)
            theta = phi
        yield theta


def lookahead_average(
    g: Gradient, w: float, *, eta: float, alpha: float, k: int
) -> Iterator[float]:
    """Zhang et al. 2019 Algorithm 1, SGD inside: the slow weights, which move every k steps."""
    phi = w
    theta = w
    for t in count(1):
        theta = theta - eta * g(t, theta)
        if t % k == 0:
            phi = phi + alpha * (theta - phi)
            theta = phi
        yield phi


def schedule_free_sgd(g: Gradient, w: float, *, eta: float, beta: float) -> Iterator[float]:
    """Defazio et al. 2024, SGD: c_{t+1} = 1/t, x the mean of the z after steps 1..t; yields x."""
    z = w
    x = w
    for t in count(1):
        y = (1.0 - beta) * z + beta * x
        z = z - eta * g(t, y)
        c = 1.0 / t
        x = (1.0 - c) * x + c * z
        yield x


def schedule_free_adamw(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float = 0.0,
) -> Iterator[float]:
    """Defazio et al. 2024 Algorithm 1 without warm-up: c_{t+1} = 1/t, decay at y; yields x."""
    z = w
    x = w
    v = 0.0
    for t in count(1):
        y = (1.0 - beta1) * z + beta1 * x
        g_t = g(t, y)
        v = beta2 * v + (1.0 - beta2) * g_t**2
        v_hat = v / (1.0 - beta2**t)
        z = z - eta * g_t / (math.sqrt(v_hat) + eps) - eta * weight_decay * y
        c = 1.0 / t
        x = (1.0 - c) * x + c * z
        yield x


# Rates from squared gradients


def rmsprop(
    g: Gradient,
    w: float,
    *,
    eta: float,
    alpha: float,
    eps: float,
    centered: bool = False,
    momentum: float = 0.0,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Iterator[float]:
    """torch.optim.RMSprop (Tieleman, Hinton 2012): eps and rate outside root and momentum."""
    theta = w
    v = 0.0
    g_ave = 0.0
    b = 0.0
    for t in count(1):
        g_t = g(t, theta)
        if maximize:
            g_t = -g_t
        g_t = g_t + weight_decay * theta
        v = alpha * v + (1.0 - alpha) * g_t**2
        v_tilde = v
        if centered:
            g_ave = alpha * g_ave + (1.0 - alpha) * g_t
            v_tilde = v_tilde - g_ave**2
        if momentum > 0.0:
            b = momentum * b + g_t / (math.sqrt(v_tilde) + eps)
            theta = theta - eta * b
        else:
            theta = theta - eta * g_t / (math.sqrt(v_tilde) + eps)
        yield theta


def rmsprop_tf(
    g: Gradient,
    w: float,
    *,
    eta: float,
    alpha: float,
    eps: float,
    centered: bool = False,
    momentum: float = 0.0,
) -> Iterator[float]:
    """tf.raw_ops.ApplyRMSProp: eps in the root, rate in the momentum; ms starts at 0."""
    var = w
    ms = 0.0
    mg = 0.0
    mom = 0.0
    for t in count(1):
        grad = g(t, var)
        ms = alpha * ms + (1.0 - alpha) * grad * grad
        if centered:
            mg = alpha * mg + (1.0 - alpha) * grad
            mom = momentum * mom + eta * grad / math.sqrt(ms - mg * mg + eps)
        else:
            mom = momentum * mom + eta * grad / math.sqrt(ms + eps)
        var = var - mom
        yield var


def adagrad(
    g: Gradient,
    w: float,
    *,
    eta: float,
    eps: float,
    lr_decay: float = 0.0,
    initial_accumulator_value: float = 0.0,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Iterator[float]:
    """torch.optim.Adagrad (Duchi et al. 2011): eps outside the root, step 1 at the whole rate."""
    theta = w
    state_sum = initial_accumulator_value
    for t in count(1):
        g_t = g(t, theta)
        if maximize:
            g_t = -g_t
        eta_tilde = eta / (1.0 + (t - 1) * lr_decay)
        g_t = g_t + weight_decay * theta
        state_sum = state_sum + g_t**2
        theta = theta - eta_tilde * g_t / (math.sqrt(state_sum) + eps)
        yield theta


def adadelta(
    g: Gradient,
    w: float,
    *,
    eta: float,
    rho: float,
    eps: float,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Iterator[float]:
    """Zeiler 2012 Algorithm 1 as torch.optim.Adadelta: rate outside E[dx^2], eps in both roots."""
    x = w
    e_g2 = 0.0
    e_dx2 = 0.0
    for t in count(1):
        g_t = g(t, x)
        if maximize:
            g_t = -g_t
        g_t = g_t + weight_decay * x
        e_g2 = rho * e_g2 + (1.0 - rho) * g_t**2
        rms_dx = math.sqrt(e_dx2 + eps)
        rms_g = math.sqrt(e_g2 + eps)
        dx = -rms_dx / rms_g * g_t
        e_dx2 = rho * e_dx2 + (1.0 - rho) * dx**2
        x = x + eta * dx
        yield x


def shampoo(g: Gradient, w: float, *, eta: float, eps: float) -> Iterator[float]:
    """Gupta et al. 2018 Algorithm 1 on a 1x1 matrix: L_0 = R_0 = eps, sums without decay."""
    l_t = eps
    r_t = eps
    for t in count(1):
        g_t = g(t, w)
        l_t = l_t + g_t * g_t
        r_t = r_t + g_t * g_t
        w = w - eta * l_t ** (-0.25) * g_t * r_t ** (-0.25)
        yield w


def adafactor(
    g: Gradient, w: float, *, eta: float, decay: float, eps1: float, d: float
) -> Iterator[float]:
    """Shazeer and Stern 2018 Algorithm 5 (vectors): eps1 joins g^2; eta is the step alpha_t."""
    x = w
    v = 0.0
    for t in count(1):
        g_t = g(t, x)
        beta2_t = 1.0 - t ** (-decay)
        v = beta2_t * v + (1.0 - beta2_t) * (g_t**2 + eps1)
        u = g_t / math.sqrt(v)
        u_hat = u / max(1.0, abs(u) / d)
        x = x - eta * u_hat
        yield x


# Adam and its kin


def adam(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    eps: float,
    amsgrad: bool = False,
    weight_decay: float = 0.0,
    decoupled_weight_decay: bool = False,
    maximize: bool = False,
    uncorrected: bool = False,
) -> Iterator[float]:
    """Kingma and Ba 2015 Algorithm 1 as torch.optim.Adam: amsgrad's maximum of the raw v."""
    theta = w
    m = 0.0
    v = 0.0
    v_max = 0.0
    for t in count(1):
        g_t = g(t, theta)
        if maximize:
            g_t = -g_t
        if decoupled_weight_decay:
            theta = theta - eta * weight_decay * theta
        else:
            g_t = g_t + weight_decay * theta
        m = beta1 * m + (1.0 - beta1) * g_t
        v = beta2 * v + (1.0 - beta2) * g_t**2
        v_max = max(v_max, v)
        v_used = v_max if amsgrad else v
        if uncorrected:
            theta = theta - eta * m / (math.sqrt(v_used) + eps)
        else:
            m_hat = m / (1.0 - beta1**t)
            v_hat = v_used / (1.0 - beta2**t)
            theta = theta - eta * m_hat / (math.sqrt(v_hat) + eps)
        yield theta


def adam_eps_hat(
    g: Gradient, w: float, *, eta: float, beta1: float, beta2: float, eps: float
) -> Iterator[float]:
    """Kingma and Ba 2015, end of section 2: both corrections in the rate; eps is their eps-hat."""
    theta = w
    m = 0.0
    v = 0.0
    for t in count(1):
        g_t = g(t, theta)
        m = beta1 * m + (1.0 - beta1) * g_t
        v = beta2 * v + (1.0 - beta2) * g_t**2
        alpha_t = eta * math.sqrt(1.0 - beta2**t) / (1.0 - beta1**t)
        theta = theta - alpha_t * m / (math.sqrt(v) + eps)
        yield theta


def adamw(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    amsgrad: bool = False,
    maximize: bool = False,
) -> Iterator[float]:
    """torch.optim.AdamW: the decay, times the rate, is applied before the step."""
    theta = w
    m = 0.0
    v = 0.0
    v_max = 0.0
    for t in count(1):
        g_t = g(t, theta)
        if maximize:
            g_t = -g_t
        theta = theta - eta * weight_decay * theta
        m = beta1 * m + (1.0 - beta1) * g_t
        v = beta2 * v + (1.0 - beta2) * g_t**2
        m_hat = m / (1.0 - beta1**t)
        if amsgrad:
            v_max = max(v_max, v)
            v_hat = v_max / (1.0 - beta2**t)
        else:
            v_hat = v / (1.0 - beta2**t)
        theta = theta - eta * m_hat / (math.sqrt(v_hat) + eps)
        yield theta


def adamw_paper(
    g: Gradient,
    w: float,
    *,
    eta: float,
    alpha: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
) -> Iterator[float]:
    """Loshchilov and Hutter 2019 Algorithm 2: eta multiplies both, alpha not the decay."""
    theta = w
    m = 0.0
    v = 0.0
    for t in count(1):
        g_t = g(t, theta)
        m = beta1 * m + (1.0 - beta1) * g_t
        v = beta2 * v + (1.0 - beta2) * g_t**2
        m_hat = m / (1.0 - beta1**t)
        v_hat = v / (1.0 - beta2**t)
        theta = theta - eta * (alpha * m_hat / (math.sqrt(v_hat) + eps) + weight_decay * theta)
        yield theta


def adamax(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    eps: float = 0.0,
    weight_decay: float = 0.0,
    maximize: bool = False,
) -> Iterator[float]:
    """Kingma and Ba 2015 Algorithm 2 as torch.optim.Adamax: eps joins |g| inside the maximum."""
    theta = w
    m = 0.0
    u = 0.0
    for t in count(1):
        g_t = g(t, theta)
        if maximize:
            g_t = -g_t
        g_t = g_t + weight_decay * theta
        m = beta1 * m + (1.0 - beta1) * g_t
        u = max(beta2 * u, abs(g_t) + eps)
        theta = theta - eta / (1.0 - beta1**t) * m / u
        yield theta


def nadam(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    eps: float,
    momentum_decay: float = 0.0,
    weight_decay: float = 0.0,
    decoupled_weight_decay: bool = False,
    maximize: bool = False,
) -> Iterator[float]:
    """Dozat 2016: momentum_decay 0 means a constant beta1, else torch.optim.NAdam's schedule."""
    theta = w
    m = 0.0
    v = 0.0
    mu_product = 1.0
    for t in count(1):
        g_t = g(t, theta)
        if maximize:
            g_t = -g_t
        if decoupled_weight_decay:
            theta = theta - eta * weight_decay * theta
        else:
            g_t = g_t + weight_decay * theta
        m = beta1 * m + (1.0 - beta1) * g_t
        v = beta2 * v + (1.0 - beta2) * g_t**2
        if momentum_decay == 0.0:
            m_hat = beta1 * m / (1.0 - beta1 ** (t + 1)) + (1.0 - beta1) * g_t / (1.0 - beta1**t)
        else:
            mu_t = beta1 * (1.0 - 0.5 * 0.96 ** (t * momentum_decay))
            mu_next = beta1 * (1.0 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
            mu_product = mu_product * mu_t
            m_hat = mu_next * m / (1.0 - mu_product * mu_next)
            m_hat = m_hat + (1.0 - mu_t) * g_t / (1.0 - mu_product)
        v_hat = v / (1.0 - beta2**t)
        theta = theta - eta * m_hat / (math.sqrt(v_hat) + eps)
        yield theta


def amsgrad(
    g: Gradient, w: float, *, eta: float, beta1: float, beta2: float, eps: float
) -> Iterator[float]:
    """Reddi et al. 2018 Algorithm 2: no bias correction; eps (not the paper's) after the root."""
    x = w
    m = 0.0
    v = 0.0
    v_hat = 0.0
    for t in count(1):
        g_t = g(t, x)
        m = beta1 * m + (1.0 - beta1) * g_t
        v = beta2 * v + (1.0 - beta2) * g_t**2
        v_hat = max(v_hat, v)
        x = x - eta * m / (math.sqrt(v_hat) + eps)
        yield x


def amsgrad_hat(
    g: Gradient, w: float, *, eta: float, beta1: float, beta2: float, eps: float
) -> Iterator[float]:
    """optax.amsgrad (after Reddi et al. 2018): the maximum of the corrected v; m corrected."""
    x = w
    mu = 0.0
    nu = 0.0
    nu_max = 0.0
    for t in count(1):
        g_t = g(t, x)
        mu = beta1 * mu + (1.0 - beta1) * g_t
        nu = beta2 * nu + (1.0 - beta2) * g_t**2
        mu_hat = mu / (1.0 - beta1**t)
        nu_hat = nu / (1.0 - beta2**t)
        nu_max = max(nu_max, nu_hat)
        x = x - eta * mu_hat / (math.sqrt(nu_max) + eps)
        yield x


def radam(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float = 0.0,
    decoupled_weight_decay: bool = False,
    maximize: bool = False,
) -> Iterator[float]:
    """Liu et al. 2020 Algorithm 2 as torch.optim.RAdam: rectified if rho_t > 5, sqrt(v) + eps."""
    theta = w
    m = 0.0
    v = 0.0
    rho_inf = 2.0 / (1.0 - beta2) - 1.0
    for t in count(1):
        g_t = g(t, theta)
        if maximize:
            g_t = -g_t
        if decoupled_weight_decay:
            theta = theta - eta * weight_decay * theta
        else:
            g_t = g_t + weight_decay * theta
        m = beta1 * m + (1.0 - beta1) * g_t
        v = beta2 * v + (1.0 - beta2) * g_t**2
        m_hat = m / (1.0 - beta1**t)
        rho_t = rho_inf - 2.0 * t * beta2**t / (1.0 - beta2**t)
        if rho_t > 5.0:
            l_t = math.sqrt(1.0 - beta2**t) / (math.sqrt(v) + eps)
            r_t = math.sqrt(
                ((rho_t - 4.0) * (rho_t - 2.0) * rho_inf)
                / ((rho_inf - 4.0) * (rho_inf - 2.0) * rho_t)
            )
            theta = theta - eta * m_hat * r_t * l_t
        else:
            theta = theta - eta * m_hat
        yield theta


def yogi(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    eps: float,
    corrected: bool = False,
) -> Iterator[float]:
    """Zaheer et al. 2018 Algorithm 2 from v_0 = 0; corrected divides m and v as Adam does."""
    x = w
    m = 0.0
    v = 0.0
    for t in count(1):
        g_t = g(t, x)
        m = beta1 * m + (1.0 - beta1) * g_t
        v = v - (1.0 - beta2) * sign(v - g_t**2) * g_t**2
        if corrected:
            m_hat = m / (1.0 - beta1**t)
            v_hat = v / (1.0 - beta2**t)
            x = x - eta * m_hat / (math.sqrt(v_hat) + eps)
        else:
            x = x - eta * m / (math.sqrt(v) + eps)
        yield x


def adabelief(
    g: Gradient, w: float, *, eta: float, beta1: float, beta2: float, eps: float
) -> Iterator[float]:
    """Zhuang et al. 2020 Algorithm 2: eps stays in s at every step and is added to the root too."""
    theta = w
    m = 0.0
    s = 0.0
    for t in count(1):
        g_t = g(t, theta)
        m = beta1 * m + (1.0 - beta1) * g_t
        s = beta2 * s + (1.0 - beta2) * (g_t - m) ** 2 + eps
        m_hat = m / (1.0 - beta1**t)
        s_hat = s / (1.0 - beta2**t)
        theta = theta - eta * m_hat / (math.sqrt(s_hat) + eps)
        yield theta


def adopt(
    g: Gradient, w: float, *, eta: float, beta1: float, beta2: float, eps: float
) -> Iterator[float]:
    """Taniguchi et al. 2024, ADOPT unclipped: step 1 only sets v = g^2; m averages from m = 0."""
    theta = w
    m = 0.0
    v = 0.0
    for t in count(1):
        g_t = g(t, theta)
        if t == 1:
            v = g_t**2
        else:
            m = beta1 * m + (1.0 - beta1) * g_t / max(math.sqrt(v), eps)
            theta = theta - eta * m
            v = beta2 * v + (1.0 - beta2) * g_t**2
        yield theta


def adan(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    beta3: float,
    eps: float,
    weight_decay: float = 0.0,
) -> Iterator[float]:
    """Xie et al. 2022 Algorithm 1 as the authors' code: betas weigh the past, bias corrected."""
    theta = w
    m = 0.0
    v = 0.0
    n = 0.0
    g_previous: float | None = None
    for t in count(1):
        g_t = g(t, theta)
        difference = 0.0 if g_previous is None else g_t - g_previous
        m = beta1 * m + (1.0 - beta1) * g_t
        v = beta2 * v + (1.0 - beta2) * difference
        n = beta3 * n + (1.0 - beta3) * (g_t + beta2 * difference) ** 2
        m_hat = m / (1.0 - beta1**t)
        v_hat = v / (1.0 - beta2**t)
        n_hat = n / (1.0 - beta3**t)
        step = eta * (m_hat + beta2 * v_hat) / (math.sqrt(n_hat) + eps)
        theta = (theta - step) / (1.0 + eta * weight_decay)
        g_previous = g_t
        yield theta


def ademamix(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    beta3: float,
    alpha: float,
    eps: float,
    weight_decay: float = 0.0,
) -> Iterator[float]:
    """Pagliardini et al. 2024 Algorithm 1, constant alpha and beta3; the slow m2 is uncorrected."""
    theta = w
    m1 = 0.0
    m2 = 0.0
    nu = 0.0
    for t in count(1):
        g_t = g(t, theta)
        m1 = beta1 * m1 + (1.0 - beta1) * g_t
        m2 = beta3 * m2 + (1.0 - beta3) * g_t
        nu = beta2 * nu + (1.0 - beta2) * g_t**2
        m1_hat = m1 / (1.0 - beta1**t)
        nu_hat = nu / (1.0 - beta2**t)
        update = (m1_hat + alpha * m2) / (math.sqrt(nu_hat) + eps)
        theta = theta - eta * (update + weight_decay * theta)
        yield theta


def qhadam(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    nu1: float,
    nu2: float,
    eps: float,
) -> Iterator[float]:
    """Ma and Yarats 2019, QHAdam (section 4): both averages corrected, eps outside the root."""
    theta = w
    buffer = 0.0
    s = 0.0
    for t in count(1):
        gradient = g(t, theta)
        buffer = beta1 * buffer + (1.0 - beta1) * gradient
        s = beta2 * s + (1.0 - beta2) * gradient**2
        g_prime = buffer / (1.0 - beta1**t)
        s_prime = s / (1.0 - beta2**t)
        numerator = (1.0 - nu1) * gradient + nu1 * g_prime
        denominator = math.sqrt((1.0 - nu2) * gradient**2 + nu2 * s_prime) + eps
        theta = theta - eta * numerator / denominator
        yield theta


def novograd(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float = 0.0,
) -> Iterator[float]:
    """Ginsburg et al. 2019 Algorithm 1, one layer: v_1 = g^2, m a sum, eps at step 1 as optax."""
    m = 0.0
    v = 0.0
    for t in count(1):
        g_t = g(t, w)
        if t == 1:
            v = g_t**2
            m = g_t / (math.sqrt(v) + eps) + weight_decay * w
        else:
            v = beta2 * v + (1.0 - beta2) * g_t**2
            m = beta1 * m + (g_t / (math.sqrt(v) + eps) + weight_decay * w)
        w = w - eta * m
        yield w


def lamb(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float = 0.0,
) -> Iterator[float]:
    """You et al. 2020 Algorithm 2, one layer, phi the identity: no guard for norms of 0."""
    x = w
    m = 0.0
    v = 0.0
    for t in count(1):
        g_t = g(t, x)
        m = beta1 * m + (1.0 - beta1) * g_t
        v = beta2 * v + (1.0 - beta2) * g_t**2
        m_hat = m / (1.0 - beta1**t)
        v_hat = v / (1.0 - beta2**t)
        r_t = m_hat / (math.sqrt(v_hat) + eps)
        x = x - eta * abs(x) / abs(r_t + weight_decay * x) * (r_t + weight_decay * x)
        yield x


def mars(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    gamma: float,
    eps: float,
    weight_decay: float = 0.0,
) -> Iterator[float]:
    """Yuan et al. 2024, MARS-AdamW, approximate: g_previous is stored, and c = g in step 1."""
    x = w
    m = 0.0
    v = 0.0
    g_previous: float | None = None
    for t in count(1):
        g_t = g(t, x)
        if g_previous is None:
            c_t = g_t
        else:
            c_t = g_t + gamma * beta1 / (1.0 - beta1) * (g_t - g_previous)
        c_tilde = c_t / abs(c_t) if abs(c_t) > 1.0 else c_t
        m = beta1 * m + (1.0 - beta1) * c_tilde
        v = beta2 * v + (1.0 - beta2) * c_tilde**2
        m_hat = m / (1.0 - beta1**t)
        v_hat = v / (1.0 - beta2**t)
        x = x - eta * (m_hat / (math.sqrt(v_hat) + eps) + weight_decay * x)
        g_previous = g_t
        yield x


def sophia(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    gamma: float,
    eps: float,
    h: float,
    k: int,
    weight_decay: float = 0.0,
) -> Iterator[float]:
    """Liu et al. 2023 Algorithm 3, curvature given: estimates enter at steps 1, k+1, ... from 0."""
    theta = w
    m = 0.0
    q = 0.0
    for t in count(1):
        g_t = g(t, theta)
        m = beta1 * m + (1.0 - beta1) * g_t
        if (t - 1) % k == 0:
            q = beta2 * q + (1.0 - beta2) * h
        theta = theta - eta * weight_decay * theta
        theta = theta - eta * max(-1.0, min(1.0, m / max(gamma * q, eps)))
        yield theta


# Signs and norms


def signsgd(g: Gradient, w: float, *, eta: float) -> Iterator[float]:
    """Bernstein et al. 2018 Algorithm 1, signSGD; the sign of 0 is 0."""
    x = w
    for t in count(1):
        x = x - eta * sign(g(t, x))
        yield x


def signum(g: Gradient, w: float, *, eta: float, beta: float) -> Iterator[float]:
    """Bernstein et al. 2018 Algorithm 2, Signum: m an average, weight 1-beta."""
    x = w
    m = 0.0
    for t in count(1):
        m = beta * m + (1.0 - beta) * g(t, x)
        x = x - eta * sign(m)
        yield x


def lion(
    g: Gradient,
    w: float,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    weight_decay: float = 0.0,
) -> Iterator[float]:
    """Chen et al. 2023 Algorithm 2: sign by beta1, then m by beta2; decay times the rate."""
    theta = w
    m = 0.0
    for t in count(1):
        g_t = g(t, theta)
        c_t = beta1 * m + (1.0 - beta1) * g_t
        theta = theta - eta * (sign(c_t) + weight_decay * theta)
        m = beta2 * m + (1.0 - beta2) * g_t
        yield theta


def rprop(
    g: Gradient,
    w: float,
    *,
    eta: float,
    eta_plus: float,
    eta_minus: float,
    s_min: float,
    s_max: float,
    maximize: bool = False,
) -> Iterator[float]:
    """Riedmiller, Braun 1993 as torch.optim.Rprop: no step, nothing undone, where signs change."""
    theta = w
    g_prev = 0.0
    step_size = eta
    for t in count(1):
        g_t = g(t, theta)
        if maximize:
            g_t = -g_t
        if g_prev * g_t > 0.0:
            step_size = min(max(step_size * eta_plus, s_min), s_max)
        elif g_prev * g_t < 0.0:
            step_size = min(max(step_size * eta_minus, s_min), s_max)
            g_t = 0.0
        else:
            step_size = min(max(step_size, s_min), s_max)
        theta = theta - step_size * sign(g_t)
        g_prev = g_t
        yield theta


def lars(
    g: Gradient,
    w: float,
    *,
    eta: float,
    gamma: float,
    mu: float,
    weight_decay: float = 0.0,
) -> Iterator[float]:
    """You et al. 2017 Algorithm 1, one layer: trust eta, global rate gamma inside the momentum."""
    v = 0.0
    for t in count(1):
        g_t = g(t, w)
        local = eta * abs(w) / (abs(g_t) + weight_decay * abs(w))
        v = mu * v + gamma * local * (g_t + weight_decay * w)
        w = w - v
        yield w


def muon(g: Gradient, w: float, *, eta: float, mu: float, nesterov: bool = True) -> Iterator[float]:
    """Jordan et al. 2024 on a 1x1 matrix: the orthogonal factor is the exact sign."""
    theta = w
    b = 0.0
    for t in count(1):
        g_t = g(t, theta)
        b = mu * b + g_t
        o_t = sign(g_t + mu * b) if nesterov else sign(b)
        theta = theta - eta * o_t
        yield theta


WITNESSES: dict[str, Callable[..., Iterator[float]]] = {
    "sgd": sgd,
    "sgdm": sgdm,
    "sgdm_ema": sgdm_ema,
    "keras_sgd": keras_sgd,
    "heavy_ball": heavy_ball,
    "nesterov": nesterov,
    "nesterov_bengio": nesterov_bengio,
    "nesterov_1983": nesterov_1983,
    "qhm": qhm,
    "aggmo": aggmo,
    "polyak_ruppert": polyak_ruppert,
    "asgd": asgd,
    "ema_weights": ema_weights,
    "lookahead": lookahead,
    "schedule_free_sgd": schedule_free_sgd,
    "schedule_free_adamw": schedule_free_adamw,
    "rmsprop": rmsprop,
    "rmsprop_tf": rmsprop_tf,
    "adagrad": adagrad,
    "adadelta": adadelta,
    "shampoo": shampoo,
    "adafactor": adafactor,
    "adam": adam,
    "adam_eps_hat": adam_eps_hat,
    "adamw": adamw,
    "adamw_paper": adamw_paper,
    "adamax": adamax,
    "nadam": nadam,
    "amsgrad": amsgrad,
    "amsgrad_hat": amsgrad_hat,
    "radam": radam,
    "yogi": yogi,
    "adabelief": adabelief,
    "adopt": adopt,
    "adan": adan,
    "ademamix": ademamix,
    "qhadam": qhadam,
    "novograd": novograd,
    "lamb": lamb,
    "mars": mars,
    "sophia": sophia,
    "signsgd": signsgd,
    "signum": signum,
    "lion": lion,
    "rprop": rprop,
    "lars": lars,
    "muon": muon,
}

AVERAGES: dict[str, Callable[..., Iterator[float]]] = {
    "polyak_ruppert": polyak_ruppert_average,
    "asgd": asgd_average,
    "ema_weights": ema_weights_average,
    "lookahead": lookahead_average,
}
