"""A GPT and a Llama by PyTorch's own modules, to check files with that were exported for it.

    python3 torch_gpt.py FOLDER:MODEL.safetensors:LOGITS.safetensors ...

FOLDER is one as transformers has it; MODEL has the tensors of nanoGPT, whose sizes are in the file's
metadata, or is left out; LOGITS are what `clearformer eval --logits` wrote. Prints a line for each,
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


class RmsNorm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size))

    def forward(self, x):
        return self.weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5)


def rotated(x, theta):
    """Positions as transformers' rotate_half has them. x: (B, heads, T, size)."""
    T, size = x.shape[-2:]
    angles = torch.outer(torch.arange(T), theta ** (-torch.arange(0, size, 2) / size)).repeat(1, 2)
    a, b = x.split(size // 2, dim=-1)
    return x * angles.cos() + torch.cat((-b, a), dim=-1) * angles.sin()


class LlamaAttention(nn.Module):
    def __init__(self, config, bias):
        super().__init__()
        c, size = config["hidden_size"], config["head_dim"]
        self.heads, self.kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
        self.size, self.theta = size, config["rope_theta"]
        self.q_proj = nn.Linear(c, self.heads * size, bias)
        self.k_proj = nn.Linear(c, self.kv_heads * size, bias)
        self.v_proj = nn.Linear(c, self.kv_heads * size, bias)
        self.o_proj = nn.Linear(self.heads * size, c, bias)
        normed = config["model_type"] == "qwen3"
        self.q_norm = RmsNorm(size) if normed else nn.Identity()
        self.k_norm = RmsNorm(size) if normed else nn.Identity()

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (
            projection(x).reshape(B, T, heads, self.size).transpose(1, 2)
            for projection, heads in (
                (self.q_proj, self.heads),
                (self.k_proj, self.kv_heads),
                (self.v_proj, self.kv_heads),
            )
        )
        q, k = rotated(self.q_norm(q), self.theta), rotated(self.k_norm(k), self.theta)
        k, v = (part.repeat_interleave(self.heads // self.kv_heads, dim=1) for part in (k, v))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.size)
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(future, -math.inf).softmax(dim=-1)
        return self.o_proj((weights @ v).transpose(1, 2).reshape(B, T, C))


class GatedMlp(nn.Module):
    def __init__(self, c, inner, bias):
        super().__init__()
        self.gate_proj = nn.Linear(c, inner, bias)
        self.up_proj = nn.Linear(c, inner, bias)
        self.down_proj = nn.Linear(inner, c, bias)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class SquaredMlp(nn.Module):
    def __init__(self, c, inner, bias):
        super().__init__()
        self.up_proj = nn.Linear(c, inner, bias)
        self.down_proj = nn.Linear(inner, c, bias)

    def forward(self, x):
        return self.down_proj(F.relu(self.up_proj(x)).square())


class LlamaBlock(nn.Module):
    def __init__(self, config, bias, norm, mlp):
        super().__init__()
        c = config["hidden_size"]
        self.input_layernorm = norm(c)
        self.self_attn = LlamaAttention(config, bias)
        self.post_attention_layernorm = norm(c)
        self.mlp = mlp(c)

    def forward(self, x):
        x = x + self.self_attn(self.input_layernorm(x))
        return x + self.mlp(self.post_attention_layernorm(x))


class Llama(nn.Module):
    """Llama, Qwen3, StarCoder2 or Arcee, by transformers' names."""

    def __init__(self, config):
        super().__init__()
        kind, c, inner = (config[key] for key in ("model_type", "hidden_size", "intermediate_size"))
        acts = {"qwen3": "silu", "llama": "silu", "starcoder2": "gelu_pytorch_tanh", "arcee": "relu2"}
        assert config["hidden_act"] == acts[kind], config
        if kind == "starcoder2":
            assert config["norm_epsilon"] == 1e-5 and config["sliding_window"] is None, config
            bias = config["use_bias"]
            norm, mlp = lambda c: Norm(c, True), lambda c: Mlp(nn.Linear, c, bias)
        else:
            assert config["rms_norm_eps"] == 1e-5, config
            bias = config["attention_bias"]
            assert config["mlp_bias"] == bias, config
            gated = SquaredMlp if kind == "arcee" else GatedMlp
            norm, mlp = RmsNorm, lambda c: gated(c, inner, bias)
        blocks = (LlamaBlock(config, bias, norm, mlp) for _ in range(config["num_hidden_layers"]))
        self.model = nn.ModuleDict(
            dict(
                embed_tokens=nn.Embedding(config["vocab_size"], c),
                layers=nn.ModuleList(blocks),
                norm=norm(c),
            )
        )
        self.lm_head = nn.Linear(c, config["vocab_size"], bias=False)

    def forward(self, tokens):
        x = self.model.embed_tokens(tokens)
        for block in self.model.layers:
            x = block(x)
        return self.lm_head(self.model.norm(x))


def with_head(tensors, config, embedding):
    """transformers ties a head after it has read the file."""
    if not config["tie_word_embeddings"]:
        return tensors
    assert "lm_head.weight" not in tensors
    return dict(tensors, **{"lm_head.weight": tensors[embedding]})


def from_folder(folder):
    with open(folder + "/config.json", encoding="utf-8") as file:
        config = json.load(file)
    tensors = read_safetensors(folder + "/model.safetensors")[0]
    if config["model_type"] != "gpt2":
        model = Llama(config)
        model.load_state_dict(with_head(tensors, config, "model.embed_tokens.weight"))
        return model.eval()
    assert config["activation_function"] == "gelu_new", config
    sizes = (config[key] for key in ("n_layer", "n_head", "n_embd", "n_positions"))
    model = Gpt(Conv1D, *sizes, config["vocab_size"], True)
    model.load_state_dict(with_head(tensors, config, "transformer.wte.weight"))
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
        print(json.dumps(compare(from_folder(folder), ours)))
        if model_path:
            print(json.dumps(compare(from_nanogpt(model_path), ours)))


if __name__ == "__main__":
    main()
