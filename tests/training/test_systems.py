"""Every published kind of model is installed, run and evaluated, here in sizes that take no time.

``packaging/dev.py systems`` does the same at the real sizes; resources/help/systems.md has its table.
"""

import pytest

from tests.systems.kinds import SYSTEMS
from tests.systems.table import markdown, row_of

transformers = pytest.importorskip("transformers")
transformers.logging.disable_progress_bar()  # it leaves a thread behind

TOLERANCE = 1e-4
BY_KEY = {system.key: system for system in SYSTEMS}


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(key, marks=() if key in ("s0", "s2-modernbert", "s3") else pytest.mark.slow)
        for key in BY_KEY
    ],
)
def test_a_checkpoint_of_this_kind_is_installed_run_and_evaluated(key, tmp_path):
    row = row_of(BY_KEY[key].small(), tmp_path, inputs=20)
    assert row.compared.difference <= TOLERANCE
    assert row.compared.spread > 100 * TOLERANCE  # else equal answers would prove little
    assert row.done
    assert all(0 <= value <= 1 for value in row.done.values())
    assert list(tmp_path.iterdir()) == []
    assert BY_KEY[key].name in markdown([row])


def test_the_real_sizes_are_those_of_the_published_checkpoints():
    """Numbers of parameters without the head, from the config alone: nothing is made."""
    wanted = {"s0": 102, "s1": 149, "s2-distilbert": 66, "s2-bioformer": 41, "s3": 126, "s4": 108}
    found = {}
    for key in wanted:
        system = BY_KEY[key]
        config = system.config
        layers = config.get("num_hidden_layers", config.get("n_layers"))
        hidden = config.get("hidden_size", config.get("dim"))
        inner = config.get("intermediate_size", config.get("hidden_dim"))
        width = 3 if system.architecture == "modernbert" else 2  # a gated middle has one more
        one = 4 * hidden * hidden + width * hidden * inner
        positions = 0 if system.architecture == "modernbert" else config["max_position_embeddings"]
        found[key] = (layers * one + (system.words + positions) * hidden) / 1e6
    assert found == {key: pytest.approx(value, rel=0.015) for key, value in wanted.items()}
