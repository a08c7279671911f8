"""``vectors``: the demo dictionary's names as vectors of the encoder that ships, for the resources.

Without them every new user would wait for them at the first phrase. Needs no torch.
"""

import argparse
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from m2m_desktop.services.dense_retrieval import DenseRetrieval, Embedded
from m2m_desktop.services.locations import resources
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.services.vector_store import VectorStore


def add_vectors(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``vectors``."""
    one = commands.add_parser("vectors", help="compute the vectors that ship with an encoder")
    one.add_argument("bundle", type=Path, help="bundle folder of the encoder that ships")
    one.add_argument("--out", type=Path, default=resources() / "vectors")
    one.set_defaults(run=ship_vectors)


def ship_vectors(options: argparse.Namespace) -> int:
    """Write the vectors; those of other encoders and of older dictionaries go."""
    made = write_vectors(options.bundle, options.out)
    size = sum(file.stat().st_size for file in options.out.rglob("*") if file.is_file())
    print(f"{made.names} names, {made.columns} numbers each, {size / 1e6:.1f} MB: {options.out}")
    return 0


def write_vectors(bundle: Path, out: Path) -> Embedded:
    """Compute the vectors of the demo dictionary by a bundle into a folder of their own."""
    with TemporaryDirectory() as work:
        terminology = TerminologyStore(Path(work) / "compiled").open(resources() / "demo")
        fresh = Path(work) / "vectors"
        models = ModelStore(Path(work) / "none", Path(work) / "none")
        dense = DenseRetrieval(models, VectorStore(fresh, fresh))
        made = dense.embed(str(bundle), terminology)
        dense.close_models()
        shutil.rmtree(out, ignore_errors=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(fresh, out)
    return made
