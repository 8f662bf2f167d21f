"""What every embedder must do, run by the bundled one here and by torch's in a child process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from corpus.embedding import Embedder
from corpus.errors import ModelUnavailable
from corpus.onnx_embedder import FILE_NAME, OnnxEmbedder
from corpus.sentence_embedder import SentenceEmbedder
from tests.corpus.embedder_contract import CHECKS, TEXTS, Check
from tests.fakes import HashingEmbedder

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_bundled_embedder_keeps_the_contract(onnx: OnnxEmbedder, check: Check) -> None:
    check(onnx)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_fake_keeps_the_contract(check: Check) -> None:
    check(HashingEmbedder(dimension=1024))


def test_sentence_transformers_keeps_the_contract_and_agrees(
    onnx: OnnxEmbedder, tmp_path: Path
) -> None:
    """Torch stays in the child; the 8-bit model is near the full one."""
    target = tmp_path / "vectors.npy"
    done = subprocess.run(
        [sys.executable, "-m", "tests.corpus.embedder_contract", str(target)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    cosines = (np.load(target) * onnx.embed_passages(TEXTS)).sum(axis=1)
    assert cosines.min() >= 0.98


def test_the_name_and_revision_tell_the_model(onnx: OnnxEmbedder) -> None:
    assert (onnx.name, onnx.revision) == ("all-MiniLM-L6-v2", "0.1.0+int8")
    assert onnx.dimension == 384


def test_a_vector_does_not_depend_on_its_company(onnx: OnnxEmbedder) -> None:
    together = onnx.embed_passages(TEXTS)
    for row, text in zip(together, TEXTS, strict=True):
        np.testing.assert_array_equal(row, onnx.embed_query(text))


def test_embedding_imports_neither_torch_nor_sentence_transformers(onnx: OnnxEmbedder) -> None:
    onnx.embed_query("the export is there")
    script = (
        "import os, sys; from pathlib import Path; from corpus.onnx_embedder import OnnxEmbedder;"
        "import corpus.sentence_embedder;"
        "embedder = OnnxEmbedder(Path(os.environ['LOADFACTOR_MODELS']));"
        "early = 'onnxruntime' in sys.modules; embedder.embed_query('capex');"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'onnx'} & sys.modules.keys();"
        "print(early, sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False []"


def test_a_broken_export_names_the_file_to_delete(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no model")
    with pytest.raises(ModelUnavailable, match="Delete that file"):
        OnnxEmbedder(tmp_path).embed_query("capex")


def test_a_folder_that_cannot_be_written_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelUnavailable, match="LOADFACTOR_MODELS"):
        OnnxEmbedder(tmp_path / "file" / "models").embed_query("capex")


def test_a_failed_export_is_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ModelUnavailable, match="make install"):
        OnnxEmbedder(tmp_path).embed_query("capex")
    assert not (tmp_path / FILE_NAME).exists()


def test_a_name_is_cheap_to_ask(tmp_path: Path) -> None:
    embedder: Embedder = SentenceEmbedder("some/model")
    assert embedder.name == "some/model"
    assert embedder.revision
