"""A server that we did not write: `transformers serve`, with two tiny models made on the spot.

The reciter's weights are set by hand: each token of its reply is followed by the next one whatever
was asked, so that a real model on a real server gives a cited answer. The babbler's are random.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

__all__ = ["REPLY", "RealServer", "missing", "serve"]

NEEDED = ("accelerate", "fastapi", "openai", "torch", "transformers", "uvicorn")
"""What the server imports; the `dev` extra has those that the product itself does not need."""
REPLY = "Zephyr spent **$5 billion** on property and equipment [1]."

RECITER, BABBLER = "reciter", "babbler"
UNKNOWN, END, ASSISTANT = "<unk>", "<|end|>", "<|assistant|>"
SPECIAL = [UNKNOWN, END, "<|system|>", "<|user|>", ASSISTANT]
CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
ASCII = [chr(code) for code in range(33, 127)] + ["Ġ", "Ċ"]
"""Printable characters, blank and line feed as byte-level BPE writes them: babble stays text."""

HIDDEN, INNER, LAYERS, HEADS = 32, 64, 2, 2
START_SECONDS = 120
LISTENING = re.compile(r"Uvicorn running on (http://[\d.]+:\d+)")

Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class RealServer:
    """A running server: `model` recites the reply and ends, `babbler` never ends by itself.

    `base_url` includes /v1; `tokenizer` is the one of both models; `log` is what the server prints.
    """

    base_url: str
    model: str
    babbler: str
    tokenizer: Tokenizer
    log: Path


def missing() -> list[str]:
    """Return which of the server's packages are not installed."""
    return [name for name in NEEDED if find_spec(name) is None]


@contextmanager
def serve(folder: Path, reply: str = REPLY) -> Iterator[RealServer]:
    """Run the server on a free port of this machine, offline, with its models in `folder`.

    Raises RuntimeError, which quotes the server's log, when it does not start, and ValueError for a
    reply that the reciter cannot learn.
    """
    tokenizer = _make_models(folder, reply)
    log = folder / "server.log"
    process = _start(folder, log)
    try:
        url = _wait(process, log)
        yield RealServer(f"{url}/v1", RECITER, BABBLER, tokenizer, log)
    finally:
        process.kill()
        process.wait()


def _start(folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """Models are named by folder, relative to where the server runs."""
    command = "-m transformers.cli.transformers serve --host 127.0.0.1 --port 0 --device cpu"
    environment = {
        "HOME": str(folder),
        "HF_HUB_OFFLINE": "1",
        # Its command line asks the package index for a newer version, even when offline.
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
    }
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, *command.split()],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _wait(process: subprocess.Popen[bytes], log: Path) -> str:
    """Return the address that the server says it listens on."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if found := LISTENING.search(log.read_text(encoding="utf-8", errors="replace")):
            return found[1]
        time.sleep(0.1)
    said = log.read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"transformers serve did not start (exit {process.poll()}):\n{said}")


def _make_models(folder: Path, reply: str) -> Tokenizer:
    tokenizer = _train(reply)
    size = tokenizer.get_vocab_size()
    chance = np.random.default_rng(0)
    random = _weights(size, lambda *shape: chance.normal(0, 0.3, shape).astype(np.float32))
    end = tokenizer.token_to_id(END)
    _write(folder / RECITER, tokenizer, _reciting(tokenizer, reply), end)
    _write(folder / BABBLER, tokenizer, random, None)
    return tokenizer


def _train(reply: str) -> Tokenizer:
    """Trained on the reply alone: there each word is a token, in other texts most letters are."""
    tokenizer = Tokenizer(BPE(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer.decoder = ByteDecoder()
    trainer = BpeTrainer(special_tokens=SPECIAL, initial_alphabet=ASCII, show_progress=False)
    tokenizer.train_from_iterator([reply], trainer)
    return tokenizer


def _reciting(tokenizer: Tokenizer, reply: str) -> dict[str, Weights]:
    """Return weights by which a token of the reply says which comes next, and nothing else speaks.

    Attention and the inner layers add nothing; step number i has the i-th dimension to itself.
    """
    steps = [ASSISTANT, *tokenizer.encode(reply).tokens, END]
    if len(set(steps)) < len(steps) or len(steps) > HIDDEN:
        raise ValueError(f"a reply has at most {HIDDEN - 2} tokens, no two alike: {steps}")
    weights = _weights(tokenizer.get_vocab_size(), lambda *shape: np.zeros(shape, np.float32))
    for dimension, (token, following) in enumerate(pairwise(steps)):
        weights["model.embed_tokens.weight"][tokenizer.token_to_id(token), dimension] = 1
        weights["lm_head.weight"][tokenizer.token_to_id(following), dimension] = 1
    return weights


def _weights(vocabulary: int, fill: Callable[..., Weights]) -> dict[str, Weights]:
    """Return the tensors of a Llama by their names; its norms leave what they get as it is."""
    one = np.ones(HIDDEN, np.float32)
    weights = {
        "model.embed_tokens.weight": fill(vocabulary, HIDDEN),
        "model.norm.weight": one,
        "lm_head.weight": fill(vocabulary, HIDDEN),
    }
    square, wide, narrow = (HIDDEN, HIDDEN), (INNER, HIDDEN), (HIDDEN, INNER)
    attention = {f"self_attn.{name}_proj": square for name in "qkvo"}
    inner = {"mlp.gate_proj": wide, "mlp.up_proj": wide, "mlp.down_proj": narrow}
    for layer in (f"model.layers.{number}" for number in range(LAYERS)):
        for name, shape in (attention | inner).items():
            weights[f"{layer}.{name}.weight"] = fill(*shape)
        for name in ("input_layernorm", "post_attention_layernorm"):
            weights[f"{layer}.{name}.weight"] = one
    return weights


def _write(
    folder: Path, tokenizer: Tokenizer, weights: Mapping[str, Weights], end: int | None
) -> None:
    """Write what `from_pretrained` reads; None for `end` makes a model that goes on and on."""
    folder.mkdir()
    save_file(dict(weights), folder / "model.safetensors", {"format": "pt"})
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": HIDDEN,
        "intermediate_size": INNER,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "vocab_size": tokenizer.get_vocab_size(),
        "max_position_embeddings": 2**17,
        "bos_token_id": None,
        "eos_token_id": end,
        "dtype": "float32",
    }
    named = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": UNKNOWN,
        "eos_token": END,
        "chat_template": CHAT_TEMPLATE,
    }
    for name, content in (("config.json", config), ("tokenizer_config.json", named)):
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
