"""Export the bundled MiniLM to 8-bit ONNX: `python -m corpus.export_onnx TARGET`.

Runs as a child process, so that torch never enters a process that answers questions.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from corpus.tokens import bundled_model_path

__all__ = ["export"]


def export(target: Path) -> None:
    """Write the model to `target`, complete or not at all."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        full, small = Path(folder, "full.onnx"), Path(folder, "small.onnx")
        _trace(full)
        _quantise(full, small)
        small.replace(target)


def _trace(path: Path) -> None:
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(
        bundled_model_path(), attn_implementation="eager", add_pooling_layer=False
    ).eval()
    # Two rows of sixteen tokens, so that neither axis is taken for a constant.
    ids = torch.ones((2, 16), dtype=torch.int64)
    sizes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens", min=2, max=512)}
    torch.onnx.export(
        model,
        kwargs={"input_ids": ids, "attention_mask": torch.ones_like(ids)},
        f=str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["token_states"],
        dynamic_shapes={"input_ids": sizes, "attention_mask": sizes},
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def _quantise(full: Path, small: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # A scale for each channel: one for a whole matrix falls to a cosine of 0.947 to the full model
    # (with it 0.994). Seven bits of range: processors without VNNI saturate on eight, and would
    # not give the same vectors (0.993).
    quantize_dynamic(full, small, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


if __name__ == "__main__":
    export(Path(sys.argv[1]))
