"""Small modules as people write them."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn


class Residual(nn.Module):
    """A residual block whose shortcut is a strided 1x1 convolution (He et al. 2016)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, 4, 7, 2, 3),
            nn.BatchNorm2d(4),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2, 1),
        )
        self.conv1, self.bn1 = nn.Conv2d(4, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8)
        self.conv2, self.bn2 = nn.Conv2d(8, 8, 3, 1, 1, bias=False), nn.BatchNorm2d(8)
        self.downsample = nn.Sequential(nn.Conv2d(4, 8, 1, 2, bias=False), nn.BatchNorm2d(8))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Any) -> Any:
        identity = x = self.stem(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += self.downsample(identity)
        return self.relu(out)


class UNet(nn.Module):
    """Two levels down and up again, skips by concatenation (Ronneberger et al. 2015)."""

    def __init__(self) -> None:
        super().__init__()
        self.down1, self.down2, self.bottom = self.block(1, 2), self.block(2, 4), self.block(4, 8)
        self.pool = nn.MaxPool2d(2)
        self.up2, self.up1 = (
            nn.ConvTranspose2d(8, 4, 2, 2),
            nn.ConvTranspose2d(4, 2, 3, 2, 1, output_padding=1),
        )
        self.side2, self.side1 = self.block(8, 4), self.block(4, 2)

    def block(self, given: int, made: int) -> Any:
        return nn.Sequential(
            nn.Conv2d(given, made, 3, padding="same"), nn.BatchNorm2d(made), nn.LeakyReLU()
        )

    def forward(self, x: Any) -> Any:
        a = self.down1(x)
        b = self.down2(self.pool(a))
        y = self.up2(self.bottom(self.pool(b)))
        y = self.up1(self.side2(torch.cat([b, y], dim=1)))
        return self.side1(torch.cat((a, y), 1))


class WaveNet(nn.Module):
    """Dilated causal convolutions, gated, with residual and skip ways (van den Oord et al.
    2016)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv1d(1, 2, 1)
        self.gates = nn.ModuleList(nn.Conv1d(2, 4, 2, dilation=2**n) for n in range(4))
        self.outs = nn.ModuleList(nn.Conv1d(2, 2, 1) for _ in range(4))

    def forward(self, x: Any) -> Any:
        x = self.first(x)
        skips = []
        for number, (gate, out) in enumerate(zip(self.gates, self.outs, strict=True)):
            a, b = torch.chunk(gate(F.pad(x, (2**number, 0))), 2, dim=1)
            y = out(torch.tanh(a) * torch.sigmoid(b))
            skips.append(y)
            x = (x + y) * 0.5
        return F.relu(skips[0] + skips[1] + skips[2] + skips[3])


class Chomped(nn.Module):
    """A temporal convolutional network's block: padded on both sides, what lies in the future cut
    off (Bai et al. 2018)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 2, 3, padding=4, dilation=2)
        self.side = nn.Conv1d(1, 2, 1)

    def forward(self, x: Any) -> Any:
        return F.relu(self.conv(x)[:, :, :-4].contiguous() + self.side(x))[..., ::2]


class Inception(nn.Module):
    """Branches of different kernels, joined along the channels (Szegedy et al. 2015)."""

    def __init__(self) -> None:
        super().__init__()
        self.one = nn.Conv2d(1, 1, 1)
        self.three = nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU(), nn.Conv2d(1, 2, 3, padding=1))
        self.five = nn.Sequential(
            nn.Conv2d(1, 1, 1), nn.ReLU(), nn.Conv2d(1, 2, (5, 7), padding=(2, 3))
        )
        self.project = nn.Conv2d(1, 1, 1)

    def forward(self, x: Any) -> Any:
        pooled = F.avg_pool2d(x, kernel_size=3, stride=1, padding=1)
        return torch.cat([self.one(x), self.three(x), self.five(x), self.project(pooled)], 1)


class Crossed(nn.Module):
    """1x3 beside 3x1 with different dilations: each axis has a field of its own, and neither box is
    filled."""

    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Conv2d(1, 1, (1, 3), padding=(0, 1))
        self.high = nn.Conv2d(1, 1, (3, 1), padding=(4, 0), dilation=(4, 1))

    def forward(self, x: Any) -> Any:
        return self.wide(x) + self.high(x)


class Enlarged(nn.Module):
    """Up by nearest neighbours and by shuffled channels, in three forms."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, 2, 1)
        self.shuffle, self.up = nn.PixelShuffle(2), nn.Upsample(scale_factor=(2.0, 3.0))
        self.last = nn.Conv2d(1, 1, 3)

    def forward(self, x: Any) -> Any:
        y = F.interpolate(self.up(self.shuffle(self.conv(x))), scale_factor=2, mode="nearest")
        return self.last(F.pad(y, (2, -1, -2, 1)))


class Solid(nn.Module):
    """Three axes, each with numbers of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv3d(1, 2, (1, 3, 5), (1, 2, 1), (0, 1, 2), (1, 1, 2))
        self.pool = nn.MaxPool3d((1, 2, 2), ceil_mode=True)
        self.up = nn.ConvTranspose3d(2, 1, (2, 3, 1), (2, 1, 1))

    def forward(self, x: Any) -> Any:
        return self.up(self.pool(self.conv(x)))


class Pooled(nn.Module):
    """Every position at the end, on one axis only."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.pool = nn.Conv2d(1, 2, 3, 2), nn.AdaptiveAvgPool2d((None, 1))

    def forward(self, x: Any) -> Any:
        return F.relu(self.pool(self.conv(x)))


SIZES: dict[type[Any], tuple[int, ...]] = {
    Residual: (64, 49),
    UNet: (32, 24),
    WaveNet: (40,),
    Chomped: (31,),
    Inception: (20, 17),
    Crossed: (20, 17),
    Enlarged: (9, 8),
    Solid: (5, 13, 12),
    Pooled: (15, 12),
}
