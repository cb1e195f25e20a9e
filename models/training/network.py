"""The two networks: characters in, one probability a language out.

After every convolution the padded places are set back to zero. Convolutions would otherwise carry their bias into the padding and
from there back into the text, and the answer would depend on how far a batch happens to be padded.
"""
from __future__ import annotations

import torch
from torch import Tensor, nn

SIZES = {
    # embedding, channels at full length, width of the first window, residual blocks there, channels after, windows there, halved?
    "small": dict(embedding=32, first=96, window=5, blocks=1, second=128, later=0, halve=False),
    "deep": dict(embedding=64, first=192, window=5, blocks=2, second=288, later=2, halve=True),
}


class Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        return (x + torch.relu(self.convolution(x))) * mask


class LanguageNetwork(nn.Module):
    def __init__(self, vocabulary: int, languages: int, embedding: int, first: int, window: int, blocks: int, second: int, later: int,
                 halve: bool) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding, padding_idx=0)
        self.first = nn.Conv1d(embedding, first, window, padding=window // 2)
        self.blocks = nn.ModuleList(Block(first) for _ in range(blocks))
        self.halve = nn.MaxPool1d(2, 2, ceil_mode=True) if halve else None
        self.second = nn.Conv1d(first, second, 3, padding=1)
        self.later = nn.ModuleList(Block(second) for _ in range(later))
        self.dropout = nn.Dropout(0.1)
        # A window of one instead of a linear layer: the same arithmetic, and Debian's torch is much quicker at it.
        self.output = nn.Conv1d(2 * second, languages, 1)
        nn.init.normal_(self.embedding.weight, std=0.3)
        with torch.no_grad():
            self.embedding.weight[0] = 0
        for module in self.modules():
            if isinstance(module, nn.Conv1d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)
        for block in [*self.blocks, *self.later]:
            with torch.no_grad():
                block.convolution.weight.mul_(0.5)
        with torch.no_grad():
            self.output.weight.mul_(0.3)

    def forward(self, chars: Tensor) -> Tensor:
        """Scores before the softmax."""
        mask = (chars != 0).to(torch.float32).unsqueeze(1)
        x = self.embedding(chars).transpose(1, 2)
        x = torch.relu(self.first(x)) * mask
        for block in self.blocks:
            x = block(x, mask)
        if self.halve is not None:
            x, mask = self.halve(x), self.halve(mask)
        x = torch.relu(self.second(x)) * mask
        for block in self.later:
            x = block(x, mask)
        # Everything is zero or more here, so the masked places never win the maximum; a row of padding alone gives zeros.
        highest = x.amax(dim=2, keepdim=True)
        mean = x.sum(dim=2, keepdim=True) / mask.sum(dim=2, keepdim=True).clamp(min=1.0)
        pooled = torch.cat([highest, mean], dim=1)
        return self.output(self.dropout(pooled)).squeeze(2)


class WithProbabilities(nn.Module):
    """What is exported: the softmax is part of the model."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, chars: Tensor) -> Tensor:
        return torch.softmax(self.network(chars), dim=1)


class Beside(nn.Module):
    """A deep network with a small one beside it, scores added: what the small one has learnt is where the deep one starts."""

    def __init__(self, deep: LanguageNetwork, shallow: LanguageNetwork) -> None:
        super().__init__()
        self.deep = deep
        self.shallow = shallow

    def forward(self, chars: Tensor) -> Tensor:
        return self.deep(chars) + self.shallow(chars)


def create(size: str, vocabulary: int, languages: int) -> nn.Module:
    if size == "large":
        return Beside(*(LanguageNetwork(vocabulary, languages, **SIZES[name]) for name in ("deep", "small")))
    return LanguageNetwork(vocabulary, languages, **SIZES[size])


def parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
