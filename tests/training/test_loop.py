"""Runs can be killed and go on, end the same, stop early, and say what to change."""

import itertools
import json
import math
import random

import pytest
import torch
from torch import nn
from torch.nn import functional

from m2m_desktop.training.curve import curve_svg
from m2m_desktop.training.loop import STATE, run
from m2m_desktop.training.plan import Plan
from m2m_desktop.training.problems import OUT_OF_MEMORY, TrainingProblem
from m2m_desktop.training.runlog import LOG, RunLog, read_log


class Killed(Exception):
    """As good as a power cut: nothing is written after it."""


class Lines:
    """Learns y = 2 x with noise and dropout, and can be killed at a step."""

    def __init__(self, model, *, dies_at=-1, error=Killed):
        self.model, self.dies_at, self.error = model, dies_at, error
        self.counted = 0

    def loss(self, step, rng):
        if step == self.dies_at:
            raise self.error
        self.counted += 1
        x = torch.tensor([[rng.random()] for _ in range(8)])
        return functional.mse_loss(self.model(x), 2 * x + torch.rand(8, 1) / 10)

    def state(self):
        return {"counted": self.counted}

    def restore(self, state):
        self.counted = state["counted"]


def network():
    torch.manual_seed(5)
    return nn.Sequential(nn.Linear(1, 16), nn.Dropout(0.2), nn.Linear(16, 1))


PLAN = Plan(60, 0.01, average=0.9, save_every=7, report_every=3, figure="error", evaluate_every=10)


def error_of(model):
    x = torch.linspace(0, 1, 16)[:, None]
    return {"error": float((model(x) - 2 * x).abs().mean())}


def trained(folder, plan=PLAN, **task):
    model = network()
    learner = Lines(model, **task)
    figures = run(model, learner, plan, folder, title="lines", evaluate=error_of)
    return model.state_dict(), figures, learner


def test_a_killed_run_goes_on_and_ends_bit_equal(tmp_path):
    whole, figures, _ = trained(tmp_path / "whole")
    for dies_at in (3, 25, 58):
        with pytest.raises(Killed):
            trained(tmp_path / "killed", dies_at=dies_at)
    again, figures_again, learner = trained(tmp_path / "killed")
    assert all(torch.equal(whole[name], again[name]) for name in whole)
    assert figures == figures_again
    assert learner.counted == 60, "the task's own state came back"
    logs = [read_log(tmp_path / name) for name in ("whole", "killed")]
    assert logs[0] == logs[1], "no step stands there twice"


def test_a_finished_run_is_not_trained_again(tmp_path):
    first, _, _ = trained(tmp_path)
    again, _, learner = trained(tmp_path, dies_at=0)
    assert learner.counted == 60
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_another_seed_gives_other_weights(tmp_path):
    one, _, _ = trained(tmp_path / "a")
    other, _, _ = trained(tmp_path / "b", Plan(60, 0.01, average=0.9, seed=43))
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_a_folder_of_another_run_is_refused(tmp_path):
    trained(tmp_path)
    with pytest.raises(TrainingProblem, match="other options or other data"):
        trained(tmp_path, Plan(61, 0.01))
    model = network()
    with pytest.raises(TrainingProblem, match="other data"):
        run(model, Lines(model), PLAN, tmp_path, title="", evaluate=error_of, data_mark="new")


def test_how_often_a_run_is_saved_does_not_make_it_another(tmp_path):
    with pytest.raises(Killed):
        trained(tmp_path, dies_at=30)
    often = Plan(60, 0.01, average=0.9, save_every=1, figure="error", evaluate_every=10)
    weights, _, _ = trained(tmp_path, often)
    whole, _, _ = trained(tmp_path / "whole")
    assert all(torch.equal(weights[name], whole[name]) for name in whole)


def test_training_stops_when_nothing_gets_better_and_keeps_the_best(tmp_path):
    values = iter([0.1, 0.5, 0.3, 0.4, 0.9])
    model = network()
    kept = []

    def evaluate(judged):
        kept.append({name: value.clone() for name, value in judged.state_dict().items()})
        return {"f1": next(values)}

    plan = Plan(100, 0.01, figure="f1", evaluate_every=10, patience=2)
    figures = run(model, Lines(model), plan, tmp_path, title="", evaluate=evaluate)
    assert figures == {"f1": 0.5}
    assert len(kept) == 4
    assert all(torch.equal(model.state_dict()[name], kept[1][name]) for name in kept[1])


def test_a_run_that_stopped_early_stays_stopped(tmp_path):
    plan = Plan(100, 0.01, figure="f1", evaluate_every=10, patience=1)
    for dies_at in (-1, 20):
        model = network()
        run(
            model,
            Lines(model, dies_at=dies_at),
            plan,
            tmp_path,
            title="",
            evaluate=lambda _: {"f1": 0.5},
        )


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"),
        torch.OutOfMemoryError("CUDA out of memory."),
    ],
)
def test_memory_that_runs_out_says_what_to_change(tmp_path, error):
    with pytest.raises(TrainingProblem, match="smaller --batch") as problem:
        trained(tmp_path, dies_at=2, error=error)
    assert problem.value.status == OUT_OF_MEMORY


def test_other_errors_are_not_taken_for_memory(tmp_path):
    with pytest.raises(RuntimeError, match="shapes"):
        trained(tmp_path, dies_at=2, error=RuntimeError("shapes do not fit"))


def test_a_loss_that_is_no_number_ends_the_run(tmp_path):
    model = network()
    task = Lines(model)
    task.loss = lambda step, rng: model(torch.ones(1, 1)).sum() * math.nan
    with pytest.raises(TrainingProblem, match="no number"):
        run(model, task, PLAN, tmp_path, title="")


def test_the_rate_rises_and_falls_as_planned():
    plan = Plan(100, 1.0, warmup_share=0.06)
    rates = [plan.rate(step) for step in range(100)]
    assert rates[:6] == pytest.approx([(step + 1) / 6 for step in range(6)])
    assert all(a > b for a, b in itertools.pairwise(rates[6:]))
    assert rates[-1] == pytest.approx(1 / 94)
    assert Plan(100, 1.0, schedule="constant").rate(99) == 1.0
    assert Plan(101, 1.0, warmup_share=0.01, schedule="cosine").rate(51) == pytest.approx(
        0.5, abs=0.02
    )


def test_a_state_that_was_half_written_is_not_there(tmp_path):
    with pytest.raises(Killed):
        trained(tmp_path, dies_at=10)
    assert [path.suffix for path in tmp_path.iterdir() if path.stem == "state"] == [".pt"]
    assert torch.load(tmp_path / STATE, weights_only=True)["step"] == 7


def test_a_log_whose_last_line_was_cut_off_is_read_up_to_there(tmp_path):
    log = RunLog(tmp_path, "t")
    log.step(1, 2, 0.5, 0.1)
    with (tmp_path / LOG).open("a", encoding="utf-8") as file:
        file.write('{"event": "ste')
    assert [line["step"] for line in read_log(tmp_path)] == [1]


def test_the_screen_is_told_how_long_it_takes(tmp_path, capsys):
    RunLog(tmp_path, "t").step(5, 10, 0.25, 0.1)
    said = capsys.readouterr().out
    assert said.startswith("step 5/10  loss 0.2500")
    assert said.strip().endswith("left")
    assert json.loads((tmp_path / LOG).read_text(encoding="utf-8"))["loss"] == 0.25


def test_a_learning_curve_is_drawn_inside_its_frame():
    rng = random.Random(1)
    losses = [(step, rng.random()) for step in range(1, 50)]
    svg = curve_svg("a & b", losses, [(10, 0.5), (40, 0.9)], "f1")
    assert "a &amp; b" in svg
    points = [point.split(",") for point in svg.split('points="')[1].split('"')[0].split()]
    assert len(points) == 49
    assert all(0 < float(x) < 720 and 0 < float(y) < 320 for x, y in points)
    assert curve_svg("", [], [], "").count("<polyline") == 0
    assert curve_svg("", [(1, 0.5)], [], "").count("<polyline") == 1
