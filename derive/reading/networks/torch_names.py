"""What PyTorch's modules, functions and methods are called, what they mean here, and what they
take."""

from __future__ import annotations

# The arguments of a kind in their order as a function; what a module calls otherwise is in RENAMED.
ARGUMENTS = {
    "conv": "input weight bias stride padding dilation groups",
    "conv_transpose": "input weight bias stride padding output_padding groups dilation",
    "max_pool": "input kernel_size stride padding dilation ceil_mode return_indices",
    "avg_pool": "input kernel_size stride padding ceil_mode count_include_pad divisor_override",
    "lp_pool": "input norm_type kernel_size stride ceil_mode",
    "adaptive_avg_pool": "input output_size",
    "adaptive_max_pool": "input output_size return_indices",
    "pad": "input pad mode value",
    "interpolate": "input size scale_factor mode align_corners recompute_scale_factor antialias",
    "pixel_shuffle": "input upscale_factor",
    "pixel_unshuffle": "input downscale_factor",
    "softmax": "input dim",
    "chunk": "input chunks dim",
    "cat": "tensors dim",
    "mean": "input dim keepdim",
    "merge": "input other",
    "pass": "input",
}
RANKED = (
    "conv",
    "conv_transpose",
    "max_pool",
    "avg_pool",
    "lp_pool",
    "adaptive_avg_pool",
    "adaptive_max_pool",
)
STEMS = dict(
    zip(
        RANKED,
        "Conv ConvTranspose MaxPool AvgPool LPPool AdaptiveAvgPool AdaptiveMaxPool".split(),
        strict=True,
    )
)
FUNCTIONS = {f"{kind}{n}d": (kind, n) for kind in RANKED for n in (1, 2, 3)}
MODULES = {f"{stem}{n}d": (kind, n) for kind, stem in STEMS.items() for n in (1, 2, 3)}
MODULES |= {
    f"{name}Pad{n}d": ("pad", n)
    for name in "Zero Constant Reflection Replication Circular".split()
    for n in (1, 2, 3)
}
MODULES |= {
    "UpsamplingNearest2d": ("interpolate", 2),
    "UpsamplingBilinear2d": ("interpolate", 2),
    "Upsample": ("interpolate", 0),
}
MODULES |= {"PixelShuffle": ("pixel_shuffle", 2), "PixelUnshuffle": ("pixel_unshuffle", 2)}
MODULES |= dict.fromkeys("Softmax LogSoftmax Softmin GLU".split(), ("softmax", 0))
MODULES |= dict.fromkeys(
    (
        "Identity ReLU ReLU6 LeakyReLU PReLU RReLU ELU CELU SELU GELU SiLU Mish Hardswish "
        "Hardsigmoid Hardtanh Hardshrink "
        "Softshrink Tanhshrink Threshold Sigmoid LogSigmoid Tanh Softplus Softsign Softmax2d "
        "Dropout Dropout1d Dropout2d "
        "Dropout3d AlphaDropout FeatureAlphaDropout BatchNorm1d BatchNorm2d BatchNorm3d "
        "SyncBatchNorm InstanceNorm1d "
        "InstanceNorm2d InstanceNorm3d GroupNorm LayerNorm RMSNorm LocalResponseNorm ChannelShuffle"
    ).split(),
    ("pass", 0),
)
RENAMED = {"pad": "padding"}
FUNCTIONS |= {"pad": ("pad", 0), "interpolate": ("interpolate", 0), "softmax": ("softmax", 0)}
FUNCTIONS |= {"pixel_shuffle": ("pixel_shuffle", 2), "pixel_unshuffle": ("pixel_unshuffle", 2)}
FUNCTIONS |= dict.fromkeys("log_softmax softmin glu".split(), ("softmax", 0)) | dict.fromkeys(
    ("chunk", "split"), ("chunk", 0)
)
FUNCTIONS |= dict.fromkeys("cat concat concatenate".split(), ("cat", 0)) | dict.fromkeys(
    "mean amax amin".split(), ("mean", 0)
)
FUNCTIONS |= dict.fromkeys(
    "add sub subtract mul multiply div divide true_divide pow maximum minimum".split(), ("merge", 0)
)
FUNCTIONS |= dict.fromkeys(
    (
        "relu relu6 leaky_relu prelu rrelu elu celu selu gelu silu mish hardswish hardsigmoid "
        "hardtanh hardshrink softshrink "
        "tanhshrink threshold sigmoid logsigmoid tanh softplus softsign dropout dropout1d "
        "dropout2d dropout3d alpha_dropout "
        "feature_alpha_dropout batch_norm instance_norm group_norm layer_norm rms_norm "
        "local_response_norm channel_shuffle "
        "relu_ sigmoid_ tanh_ abs neg exp log sqrt rsqrt square clamp clamp_ clip sin cos erf"
    ).split(),
    ("pass", 0),
)
OPERATORS = dict.fromkeys("add sub mul truediv pow iadd isub imul itruediv".split(), "merge") | {
    "neg": "pass"
}
METHODS = {
    name: kind
    for name, (kind, rank) in FUNCTIONS.items()
    if not rank and kind not in ("pad", "interpolate", "cat")
}
METHODS |= dict.fromkeys("add_ sub_ mul_ div_".split(), "merge")
METHODS |= dict.fromkeys(
    "contiguous clone detach float double half bfloat16 to cuda cpu requires_grad_".split(), "pass"
)
