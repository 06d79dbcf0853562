"""A GPT by PyTorch's own modules, to check files with that were exported for it.

    python3 torch_gpt.py FOLDER:MODEL.safetensors:LOGITS.safetensors ...

FOLDER is one as transformers has it; MODEL has the tensors of nanoGPT, whose sizes are in the file's
metadata; LOGITS are what `clearformer eval --logits` wrote. Prints a line for each of the two,
{"tokens": .., "largest": .., "difference": ..}: how many tokens, the largest logit and the largest
difference between the two programs'.
"""

import json
import math
import struct
import sys

import torch
from torch import nn
from torch.nn import functional as F

DTYPES = {"F32": torch.float32, "I64": torch.int64}


def read_safetensors(path):
    """Tensors by name, and the metadata (huggingface/safetensors, README.md)."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    body = bytearray(data[8 + length :])
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(body[begin:end], dtype=DTYPES[entry["dtype"]])
        tensors[name] = flat.reshape(entry["shape"])
    return tensors, metadata


class Conv1D(nn.Module):
    """y = x W + b, W (in, out)."""

    def __init__(self, c_in, c_out, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(c_in, c_out))
        self.bias = nn.Parameter(torch.empty(c_out)) if bias else None

    def forward(self, x):
        y = x @ self.weight
        return y if self.bias is None else y + self.bias


class Norm(nn.Module):
    """LayerNorm with or without a bias."""

    def __init__(self, size, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size))
        self.bias = nn.Parameter(torch.empty(size)) if bias else None

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, 1e-5)


class Attention(nn.Module):
    def __init__(self, linear, c, heads, bias):
        super().__init__()
        self.heads = heads
        self.c_attn = linear(c, 3 * c, bias)
        self.c_proj = linear(c, c, bias)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (
            part.reshape(B, T, self.heads, C // self.heads).transpose(1, 2)
            for part in self.c_attn(x).split(C, dim=-1)
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(C // self.heads)
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(future, -math.inf).softmax(dim=-1)
        return self.c_proj((weights @ v).transpose(1, 2).reshape(B, T, C))


class Mlp(nn.Module):
    def __init__(self, linear, c, bias):
        super().__init__()
        self.c_fc = linear(c, 4 * c, bias)
        self.c_proj = linear(4 * c, c, bias)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))


class Block(nn.Module):
    def __init__(self, linear, c, heads, bias):
        super().__init__()
        self.ln_1 = Norm(c, bias)
        self.attn = Attention(linear, c, heads, bias)
        self.ln_2 = Norm(c, bias)
        self.mlp = Mlp(linear, c, bias)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Gpt(nn.Module):
    def __init__(self, linear, layers, heads, c, positions, vocab, bias):
        super().__init__()
        self.transformer = nn.ModuleDict(
            dict(
                wte=nn.Embedding(vocab, c),
                wpe=nn.Embedding(positions, c),
                h=nn.ModuleList(Block(linear, c, heads, bias) for _ in range(layers)),
                ln_f=Norm(c, bias),
            )
        )
        self.lm_head = nn.Linear(c, vocab, bias=False)

    def forward(self, tokens):
        parts = self.transformer
        x = parts.wte(tokens) + parts.wpe(torch.arange(tokens.shape[-1]))
        for block in parts.h:
            x = block(x)
        return self.lm_head(parts.ln_f(x))


def from_folder(folder):
    with open(folder + "/config.json", encoding="utf-8") as file:
        config = json.load(file)
    assert config["activation_function"] == "gelu_new", config
    sizes = (config[key] for key in ("n_layer", "n_head", "n_embd", "n_positions"))
    model = Gpt(Conv1D, *sizes, config["vocab_size"], True)
    tensors = read_safetensors(folder + "/model.safetensors")[0]
    # transformers ties the head after it has read the file.
    assert "lm_head.weight" not in tensors
    model.load_state_dict(dict(tensors, **{"lm_head.weight": tensors["transformer.wte.weight"]}))
    return model.eval()


def from_nanogpt(path):
    tensors, metadata = read_safetensors(path)
    args = json.loads(metadata["model_args"])
    sizes = (args[key] for key in ("n_layer", "n_head", "n_embd", "block_size"))
    model = Gpt(nn.Linear, *sizes, args["vocab_size"], args["bias"])
    assert torch.equal(tensors["lm_head.weight"], tensors["transformer.wte.weight"])
    model.load_state_dict(tensors)
    return model.eval()


def compare(model, ours):
    with torch.no_grad():
        logits = model(ours["tokens"].unsqueeze(0)).squeeze(0)
    return dict(
        tokens=len(ours["tokens"]),
        largest=logits.abs().max().item(),
        difference=(logits - ours["logits"]).abs().max().item(),
    )


def main():
    torch.set_num_threads(1)
    for job in sys.argv[1:]:
        folder, model_path, logits_path = job.split(":")
        ours = read_safetensors(logits_path)[0]
        for model in (from_folder(folder), from_nanogpt(model_path)):
            print(json.dumps(compare(model, ours)))


if __name__ == "__main__":
    main()
