"""A checkpoint folder becomes an installed model that answers alike, or nothing at all."""

import os
import re
import subprocess
import sys
import textwrap
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from m2m_desktop.core.batches import BatchRunner
from m2m_desktop.core.encoding import TextEncoder
from m2m_desktop.core.errors import (
    BadRequest,
    Cancelled,
    ModelDamaged,
    ModelMismatch,
    OutputUnwritable,
)
from m2m_desktop.core.reranking import CrossEncoder
from m2m_desktop.core.templates import REFERENCE_TEMPLATE, Template
from m2m_desktop.services.bundle_files import (
    MANIFEST,
    MODEL_FILE,
    TOKENIZER_FILE,
)
from m2m_desktop.services.bundle_session import open_tokenizer, wrap
from m2m_desktop.services.comparison_record import COMPARISON
from m2m_desktop.services.conversion.build import build_graph
from m2m_desktop.services.conversion.checkpoint import open_checkpoint
from m2m_desktop.services.conversion.checkpoint_files import CheckpointUnsupported
from m2m_desktop.services.conversion.convert import (
    HEAD_OF_KIND,
    AnswersMissing,
    ConversionWish,
    bundle_id,
)
from m2m_desktop.services.conversion.graph_session import open_graph
from m2m_desktop.services.conversion.graph_writer import FloatArithmetic
from m2m_desktop.services.conversion.known_texts import readable
from m2m_desktop.services.conversion.parity import (
    compare_encoders,
    compare_rerankers,
    compare_taggers,
)
from m2m_desktop.services.conversion.samples import pair_samples, text_samples
from m2m_desktop.services.model_kinds import PRECISIONS
from m2m_desktop.services.model_steps import (
    CHECKING,
    COPIED_STEPS,
    QUANTISED_STEPS,
)
from m2m_desktop.services.model_store import ModelStore, SourceDamaged
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.checkpoints import (
    change_json,
    read_safetensors,
    write_checkpoint,
    write_safetensors,
)
from tests.toy.release import write_toy_release

ROOT = Path(__file__).parents[3]
ARCHITECTURES = ("bert", "roberta", "distilbert", "modernbert")
CASES = [(architecture, kind) for architecture in ARCHITECTURES for kind in HEAD_OF_KIND]
LABELS = {"reranker": ("not_match", "match"), "encoder": (), "ner": ("O", "B-ADR", "I-ADR")}
TEXTS = ("左布上部炎", "反复奎姆下部炎急性，双侧", "头痛", "pt 9 mg/L", "无", "皮疹，" * 60)
WEIGHTS = "model.safetensors"


@pytest.fixture(scope="module")
def terminology(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terminology")
    return TerminologyStore(folder / "compiled").open(write_toy_release(folder / "release"))


@pytest.fixture(scope="module")
def choose(terminology):
    def samples(kind, template):
        is_pair = kind == "reranker"
        return pair_samples(terminology, template) if is_pair else text_samples(terminology)

    return samples


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "data" / "models", tmp_path / "shipped")


@pytest.fixture
def install(store, choose):
    def act(path, wish=None, **options):
        return store.install(path, wish, choose, **options)

    return act


@pytest.fixture
def checkpoint(tmp_path):
    return write_checkpoint(tmp_path / "paper-model")


def write(folder, architecture="bert", kind="reranker", **options):
    options.setdefault("labels", LABELS[kind])
    return write_checkpoint(folder, architecture=architecture, head=HEAD_OF_KIND[kind], **options)


def installed(store):
    return sorted(path.name for path in store._root.iterdir()) if store._root.exists() else []


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def bundle_contents(folder):
    """Those of the bundle itself: the record beside it tells where the original lies."""
    return {name: content for name, content in contents(folder).items() if name != COMPARISON}


def exact_model(path, info, tmp_path):
    """The model of a checkpoint in float32, put together without the converter.

    Only for a while: the weights lie in the checkpoint, which is opened here.
    """
    with open_checkpoint(path, work_dir=tmp_path, head=HEAD_OF_KIND[info.kind]) as found:
        graph = build_graph(
            found.architecture,
            found.head,
            found.config,
            {name: np.array(found.tensors[name]) for name in found.tensors},
            arithmetic=FloatArithmetic(),
            pooling=found.pooling or "cls",
            normalises=found.normalises,
        )
        tokenizer = open_tokenizer(
            found.tokenizer_json.encode("utf-8"),
            max_length=info.max_length,
            vocab_size=found.config["vocab_size"],
            path="",
        )
        runner = BatchRunner(
            open_graph(graph),
            input_names=graph.inputs,
            max_length=info.max_length,
            pad_id=found.pad_id,
        )
    return wrap(info.kind, info.labels, runner, tokenizer)


def answers(model, texts=TEXTS):
    """All figures of a model for some texts, in one array each."""
    if isinstance(model, CrossEncoder):
        return [model.logits(mention, texts) for mention in texts[:3]]
    if isinstance(model, TextEncoder):
        return [model.encode(texts)]
    return [one.probabilities for one in model.tag(texts)]


def largest_difference(model, other):
    pairs = zip(answers(model), answers(other), strict=True)
    return max(float(np.abs(one - two).max(initial=0)) for one, two in pairs)


# -- all architectures and heads -------------------------------------------------------------------


@pytest.fixture(scope="module", params=CASES, ids="-".join)
def case(request, choose, tmp_path_factory):
    """One architecture with one head, installed in both precisions: store, checkpoint, infos."""
    architecture, kind = request.param
    folder = tmp_path_factory.mktemp("case")
    path = write(folder / "Toy model 1", architecture, kind)
    store = ModelStore(folder / "models", folder / "shipped")
    infos = {
        precision: store.install(path, ConversionWish(precision=precision), choose)
        for precision in PRECISIONS
    }
    return store, path, infos


def test_a_checkpoint_becomes_a_model_that_is_listed_and_opens(case, request):
    store, _, infos = case
    assert [info.model_id for info in store.list()] == ["Toy-model-1-fp32", "Toy-model-1-int8"]
    for listed in store.list():
        info = infos[listed.precision]
        assert (info.architecture, info.kind) == request.node.callspec.params["case"]
        assert info.labels == LABELS[info.kind]
        assert (info.layers, info.hidden, info.licence) == (2, 32, "apache-2.0")
        files = contents(Path(info.path))
        record = [COMPARISON] if info.precision == "int8" else []
        assert sorted(files) == sorted([MANIFEST, MODEL_FILE, TOKENIZER_FILE, *record])
        assert (listed.problem, listed.hash) == (None, info.hash)
        size = sum(len(content) for name, content in files.items() if name != COMPARISON)
        verified = store.verify(info.model_id)
        assert listed.bytes == info.bytes == verified.bytes == size
        assert (verified.hash, verified.parity) == (info.hash, info.parity)


def test_in_fp32_it_answers_exactly_and_in_int8_as_nearly_as_its_report_says(
    case, choose, tmp_path
):
    store, path, infos = case
    info, kind = infos["int8"], infos["int8"].kind
    assert infos["fp32"].parity == {}
    exact = exact_model(path, info, tmp_path)
    assert largest_difference(store.open_any(infos["fp32"].model_id)[1], exact) < 1e-5

    small = store.open_any(info.model_id)[1]
    full = store.verify(info.model_id, choose)
    assert (full.hash, full.parity_is_quick) == (info.hash, False)
    samples = choose(kind, info.template)
    if kind != "reranker":
        samples = readable(samples, Tokenizer.from_file(str(Path(info.path) / TOKENIZER_FILE)))
    if kind == "reranker":
        before, after = (
            np.concatenate(
                [model.logits(group[0][0], [text for _, text in group]) for group in samples.groups]
            )
            for model in (exact, small)
        )
        sizes = [len(group) for group in samples.groups]
        expected = compare_rerankers(before, after, match=1, group_sizes=sizes)
        assert 0 < full.parity["max_logit_change"] < 0.25 * np.ptp(before, axis=0).max()
    elif kind == "encoder":
        texts = [text for (text,) in samples.compared]
        vectors = (model.encode(texts).astype(np.float64) for model in (exact, small))
        expected = compare_encoders(*vectors)
        assert 0.995 < full.parity["min_cosine"] < 0.999999
    else:
        texts = [text for (text,) in samples.compared]
        tagged = ([one.probabilities for one in model.tag(texts)] for model in (exact, small))
        expected = compare_taggers(*tagged)
        assert 0 < full.parity["mean_change"] < 0.02
        assert full.parity["label_changes"] < 0.03
    assert full.parity == pytest.approx(expected, abs=2e-5)


def test_an_installation_compares_half_a_dozen_texts(case):
    """As near as those of the full comparison, which tells more figures."""
    store, _, infos = case
    quick = store.verify(infos["int8"].model_id)  # nobody gives texts to compare in full
    info = infos["int8"]
    assert info.parity_is_quick
    if info.kind == "reranker":
        assert sorted(info.parity) == ["max_change", "max_logit_change", "mean_change", "pairs"]
        assert (info.parity["pairs"], 0 < info.parity["mean_change"] < 0.02) == (6, True)
    elif info.kind == "encoder":
        assert sorted(info.parity) == ["mean_cosine", "min_cosine", "texts"]
        assert (info.parity["texts"], 0.995 < info.parity["min_cosine"] < 1) == (6, True)
    else:
        assert sorted(info.parity) == ["label_changes", "max_change", "mean_change", "tokens"]
        assert (info.parity["tokens"] > 60, 0 < info.parity["mean_change"] < 0.02) == (True, True)
    assert quick.hash == info.hash


# -- forms of a checkpoint -------------------------------------------------------------------------


def test_a_zip_gives_the_same_model_as_its_folder(store, install, checkpoint, tmp_path):
    path = tmp_path / "paper-model.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in checkpoint.iterdir():
            archive.write(file, f"some folder/{file.name}")
    by_zip = bundle_contents(Path(install(path).path))
    assert installed(store) == ["paper-model-int8"]
    assert bundle_contents(Path(install(checkpoint).path)) == by_zip


@pytest.mark.parametrize("normalise", [False, True])
@pytest.mark.parametrize("mode", ["mean", "cls"])
def test_an_encoder_pools_and_normalises_as_its_files_say(
    store, install, tmp_path, mode, normalise
):
    options = {"sentence_transformers": mode, "normalise": normalise}
    path = write(tmp_path / "e", kind="encoder", **options)
    info = install(path, ConversionWish(precision="fp32"))
    model = store.open_any(info.model_id)[1]
    lengths = np.linalg.norm(model.encode(TEXTS), axis=1)
    assert np.allclose(lengths, 1, atol=1e-5) == normalise
    own = exact_model(path, info, tmp_path)
    assert largest_difference(model, own) < 1e-5
    change = {"pooling_mode_cls_token": mode == "mean", "pooling_mode_mean_tokens": mode == "cls"}
    change_json(path / "1_Pooling" / "config.json", **change)
    assert largest_difference(model, exact_model(path, info, tmp_path)) > 0.05


def test_an_encoder_can_be_made_of_a_rerankers_checkpoint(store, install, checkpoint):
    info = install(checkpoint, ConversionWish(kind="encoder"))
    assert isinstance(store.open_any(info.model_id)[1], TextEncoder)


def test_a_longer_network_reads_64_tokens_of_a_pair_and_512_of_a_text(install, tmp_path):
    for kind, length in (("reranker", 64), ("encoder", 512), ("ner", 512)):
        path = write(tmp_path / kind, kind=kind, positions=600)
        change_json(path / "tokenizer_config.json", model_max_length=8192)
        assert install(path).max_length == length


def test_a_name_may_be_given(install, checkpoint):
    info = install(checkpoint, ConversionWish(name="讲解 small v2"))
    assert info.model_id == bundle_id(info.name, "int8")
    assert info.name == "讲解 small v2"
    folder = checkpoint.rename(checkpoint.with_name("我院重排序模型"))
    assert install(folder).name == "我院重排序模型"


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("mention2meddra-macbert-base", "mention2meddra-macbert-base-int8"),
        ("a b/c\\d", "a-b-c-d-int8"),
        ("x" * 56, "x" * 56 + "-int8"),
    ],
)
def test_an_id_is_made_of_plain_letters(name, model_id):
    assert bundle_id(name, "int8") == model_id


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("模型", r"model-[0-9a-f]{6}-int8"),
        ("药物模型v2", r"v2-[0-9a-f]{6}-int8"),
        ("../..", r"model-[0-9a-f]{6}-int8"),
        ("x" * 100, r"x{49}-[0-9a-f]{6}-int8"),
        ("é" * 100, r"model-[0-9a-f]{6}-int8"),
        ("模型\udc80", r"model-[0-9a-f]{6}-int8"),
    ],
)
def test_an_id_that_lacks_letters_of_the_name_has_a_part_of_its_hash(name, pattern):
    assert re.fullmatch(pattern, bundle_id(name, "int8"))


def test_two_names_that_differ_in_lost_letters_are_two_models(store, install, checkpoint):
    names = ("我院模型", "他院模型", "a" * 80 + "b", "a" * 80 + "c")
    assert len({bundle_id(name, "int8") for name in names}) == 4
    assert bundle_id("cafe\u0301", "int8") == bundle_id("caf\u00e9", "int8")
    for name in names[:2]:
        install(checkpoint, ConversionWish(name=name))
    assert [info.name for info in store.list()] == sorted(names[:2], key=lambda n: bundle_id(n, ""))


# -- questions -------------------------------------------------------------------------------------


@pytest.fixture
def unlabelled(tmp_path):
    return write_checkpoint(tmp_path / "unlabelled", labels=("LABEL_0", "LABEL_1"))


def test_labels_that_say_nothing_must_be_explained(store, install, unlabelled):
    assert store.inspect(unlabelled).questions == ("match_label", "template")
    with pytest.raises(BadRequest, match="LABEL_0, LABEL_1"):
        install(unlabelled, ConversionWish(template="full"))
    with pytest.raises(BadRequest, match="LABEL_0, LABEL_1"):
        install(unlabelled, ConversionWish(template="full", match_label="LABEL_7"))
    assert installed(store) == []


def test_either_label_may_mean_a_match(store, install, unlabelled):
    scores = []
    for label, labels in (("LABEL_0", ("match", "not_match")), ("LABEL_1", ("not_match", "match"))):
        info = install(unlabelled, ConversionWish(template="full", match_label=label))
        assert info.labels == labels
        scores.append(store.open(info.model_id).reranker.score("头痛", TEXTS))
    assert scores[0] + scores[1] == pytest.approx(np.ones(len(TEXTS)))
    assert np.abs(scores[0] - scores[1]).max() > 0.1


def test_published_labels_turned_round_are_followed(store, install, tmp_path):
    path = write_checkpoint(tmp_path / "turned", labels=("match", "not_match"))
    assert install(path).labels == ("match", "not_match")
    plain = install(path, ConversionWish(match_label="not_match"))
    assert plain.labels == ("not_match", "match")


def test_a_template_that_is_not_known_must_be_told(store, install, unlabelled):
    with pytest.raises(BadRequest, match="full, pt_llt, pt_only"):
        install(unlabelled, ConversionWish(match_label="LABEL_1"))
    wish = ConversionWish(match_label="LABEL_1", template="pt_llt")
    assert install(unlabelled, wish).template == Template("pt_llt")


def test_all_that_is_open_is_asked_for_at_once(install, unlabelled):
    with pytest.raises(AnswersMissing) as caught:
        install(unlabelled)
    assert caught.value.questions == ("match_label", "template")
    assert "LABEL_0, LABEL_1" in caught.value.sentence()
    assert "full, pt_llt, pt_only" in caught.value.sentence()
    with pytest.raises(AnswersMissing) as caught:
        install(unlabelled, ConversionWish(match_label="LABEL_1"))
    assert caught.value.questions == ("template",)


def test_the_published_model_answers_all_questions_itself(store, install, checkpoint):
    found = store.inspect(checkpoint)
    assert (found.questions, found.suggested_template) == ((), REFERENCE_TEMPLATE.name)
    assert not found.is_bundle
    assert install(checkpoint).model_id == found.model_id
    assert store.open("").info.template == REFERENCE_TEMPLATE


@pytest.mark.parametrize(
    ("wish", "word"),
    [
        (ConversionWish(kind="poet"), "poet"),
        (ConversionWish(precision="int3"), "int3"),
        (ConversionWish(template="long"), "long"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(store, install, checkpoint, wish, word):
    with pytest.raises(BadRequest, match=word):
        install(checkpoint, wish)
    assert installed(store) == []


# -- refusals --------------------------------------------------------------------------------------


def test_a_reranker_of_three_labels_is_refused(store, install, tmp_path):
    path = write_checkpoint(tmp_path / "three", labels=("a", "b", "c"))
    for act in (install, store.inspect):
        with pytest.raises(CheckpointUnsupported, match="two labels"):
            act(path)
    assert installed(store) == []


@pytest.mark.parametrize(
    ("kind", "wanted"), [("reranker", "ner"), ("ner", "reranker"), ("encoder", "reranker")]
)
def test_a_checkpoint_of_another_kind_is_refused(store, install, tmp_path, kind, wanted):
    path = write(tmp_path / "m", kind=kind)
    with pytest.raises(ModelMismatch):
        install(path, ConversionWish(kind=wanted))
    assert installed(store) == []


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_refused_by_name(store, install, checkpoint, value):
    tensors = read_safetensors(checkpoint / WEIGHTS)
    name = "bert.encoder.layer.1.output.dense.weight"
    tensors[name] = tensors[name].copy()
    tensors[name][3, 5] = value
    write_safetensors(checkpoint / WEIGHTS, tensors)
    with pytest.raises(ModelDamaged, match=r"encoder\.layer\.1\.output\.dense\.weight"):
        install(checkpoint)
    assert installed(store) == []


@pytest.mark.parametrize("precision", ["int8", "fp32"])
@pytest.mark.parametrize("size", [1e20, 1e38])
def test_weights_whose_products_are_no_numbers_are_refused(
    store, install, checkpoint, size, precision
):
    tensors = read_safetensors(checkpoint / WEIGHTS)
    for name in ("bert.encoder.layer.0.intermediate.dense.weight", "classifier.weight"):
        tensors[name] = np.sign(tensors[name]) * np.float32(size)
    write_safetensors(checkpoint / WEIGHTS, tensors)
    with pytest.raises(ModelMismatch):
        install(checkpoint, ConversionWish(precision=precision))
    assert installed(store) == []


def test_a_model_that_answers_the_same_to_everything_is_refused(store, install, checkpoint):
    tensors = read_safetensors(checkpoint / WEIGHTS)
    for name in ("classifier.weight", "classifier.bias"):
        tensors[name] = np.zeros_like(tensors[name])
    write_safetensors(checkpoint / WEIGHTS, tensors)
    with pytest.raises(ModelMismatch, match="the same for every text"):
        install(checkpoint)
    assert installed(store) == []


def test_an_id_that_ships_is_not_installed(store, install, checkpoint, tmp_path):
    info = install(checkpoint)
    (tmp_path / "shipped").mkdir()
    Path(info.path).rename(tmp_path / "shipped" / "anything")

    def make_no_samples(kind, template):
        raise AssertionError("it was converted")

    with pytest.raises(BadRequest, match=f"{info.model_id} already ships"):
        store.install(checkpoint, None, make_no_samples)
    assert installed(store) == []
    assert install(checkpoint, ConversionWish(precision="fp32")).precision == "fp32"


def test_a_damaged_checkpoint_is_to_be_copied_again(store, install, checkpoint):
    content = (checkpoint / WEIGHTS).read_bytes()
    (checkpoint / WEIGHTS).write_bytes(content[: len(content) // 2])
    for act in (install, store.inspect):
        with pytest.raises(SourceDamaged) as caught:
            act(checkpoint)
        assert str(checkpoint) in caught.value.sentence()
        assert "Copy the folder or zip again" in caught.value.sentence()
        assert "Install the model again" not in caught.value.sentence()


# -- progress and cancel ---------------------------------------------------------------------------


class Watch:
    """Notes what it is told; at the last of so many calls it cancels."""

    def __init__(self, calls=0):
        self.calls, self.told = calls, []

    def __call__(self, done, total, note=""):
        self.told.append((done, total, note))
        if len(self.told) == self.calls:
            raise Cancelled


@pytest.mark.parametrize("precision", ["int8", "fp32"])
def test_progress_goes_up_to_100_through_the_named_steps(install, checkpoint, precision):
    watch = Watch()
    install(checkpoint, ConversionWish(precision=precision), progress=watch)
    done = [done for done, _, _ in watch.told]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 100)
    assert {total for _, total, _ in watch.told} == {100}
    names = list(dict.fromkeys(note for _, _, note in watch.told))
    steps = QUANTISED_STEPS if precision == "int8" else COPIED_STEPS
    assert names == list(steps)


def test_golden_inputs_move_the_bar_and_can_be_cancelled(install, checkpoint):
    """Both when they are recorded and when the written bundle is opened."""
    watch = Watch()
    install(checkpoint, progress=watch)
    checks = [done for done, _, note in watch.told if note == CHECKING]
    assert len(checks) > 40
    assert len(set(checks)) > 8


def test_a_cancel_at_any_moment_leaves_nothing_or_what_was_there(store, install, tmp_path):
    """A zip, so that something is unpacked as well; an older model of the same id stays."""
    path, archive = write_checkpoint(tmp_path / "m"), tmp_path / "m.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for part in path.iterdir():
            file.write(part, part.name)
    whole = Watch()
    install(archive, progress=whole)
    changed = write_checkpoint(tmp_path / "n" / "m", seed=5)
    before = contents(Path(install(changed).path))
    calls = len(whole.told) - 1  # the last one says that it is there
    steps = [note for _, _, note in whole.told]
    moments = {1, 2, calls - 1, calls, *range(10, calls, 24)}
    moments |= {steps.index(step) + 1 for step in QUANTISED_STEPS}
    for moment in sorted(moments):
        with pytest.raises(Cancelled):
            install(archive, progress=Watch(moment))
        assert installed(store) == ["m-int8"]
        assert contents(store._root / "m-int8") == before
    store.remove("m-int8")
    for moment in sorted(moments)[::3]:
        with pytest.raises(Cancelled):
            install(archive, progress=Watch(moment))
        assert installed(store) == []


# -- folders that cannot be written ----------------------------------------------------------------

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services.conversion.convert import ConversionWish
from m2m_desktop.services.conversion.samples import pair_samples
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.services.terminology_store import TerminologyStore

checkpoint, release, models = map(Path, sys.argv[1:4])
terminology = TerminologyStore(models.parent / "compiled").open(release)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write that fails, not a process that ends
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
try:
    ModelStore(models, models.parent / "none").install(
        checkpoint, ConversionWish(), lambda kind, template: pair_samples(terminology, template)
    )
except OutputUnwritable as error:
    print(error.sentence())
"""


def run_alone(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are those of POSIX")
@pytest.mark.parametrize("limit", [1000, 30_000])
def test_a_disk_that_fills_up_is_said_and_leaves_nothing(checkpoint, tmp_path, limit):
    """A limit on the size of files: the graph cannot be written, at once or in its midst."""
    release = write_toy_release(tmp_path / "release")
    models = tmp_path / "data" / "models"
    done = run_alone(FULL_DISK, checkpoint, release, models, limit)
    assert done.returncode == 0, done.stderr
    assert "File too large" in done.stdout
    assert not list(models.iterdir())


def test_a_models_folder_that_cannot_be_made_is_said(choose, checkpoint, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    store = ModelStore(tmp_path / "file" / "models", tmp_path / "shipped")
    with pytest.raises(OutputUnwritable, match="file"):
        store.install(checkpoint, None, choose)


@pytest.mark.skipif(
    sys.platform == "win32" or not getattr(os, "getuid", int)(), reason="needs rights that count"
)
def test_a_models_folder_that_is_read_only_is_said(store, install, checkpoint):
    store._root.mkdir(parents=True)
    store._root.chmod(0o500)
    try:
        with pytest.raises(OutputUnwritable, match="Permission denied"):
            install(checkpoint)
    finally:
        store._root.chmod(0o700)
    assert installed(store) == []


# -- what it needs, and always the same ------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "precision"), [("reranker", "int8"), ("encoder", "int8"), ("ner", "fp32")]
)
def test_converting_twice_gives_the_same_bytes(install, choose, tmp_path, kind, precision):
    path = write(tmp_path / "m", kind=kind)
    other = ModelStore(tmp_path / "other", tmp_path / "shipped")
    wish = ConversionWish(precision=precision)
    once, again = install(path, wish), other.install(path, wish, choose)
    assert once.path != again.path
    assert contents(Path(once.path)) == contents(Path(again.path))


def test_it_is_calibrated_with_what_it_is_not_compared_with(store, choose, checkpoint):
    """Other texts to calibrate with make another model, others to compare with another report.

    The full report, that is: the quick one is of what calibrates.
    """
    plain = choose("reranker", REFERENCE_TEMPLATE)
    found = []
    for samples in (
        plain,
        replace(plain, groups=plain.groups[:6]),
        replace(plain, calibration=plain.calibration[:4]),
    ):
        info = store.install(checkpoint, None, lambda kind, template, it=samples: it)
        full = store.verify(info.model_id, lambda kind, template, it=samples: it)
        files = contents(Path(info.path))
        found.append((files[MODEL_FILE], info.parity, full.parity))
    whole, half, other = found
    assert whole[:2] == half[:2]
    assert whole[2] != half[2]
    assert whole[0] != other[0]


WITHOUT_TORCH = """
import sys
from pathlib import Path

HEAVY = {"torch", "transformers", "safetensors", "sentence_transformers", "sklearn", "scipy"}

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HEAVY:
            raise AssertionError(f"{name} was imported")

sys.meta_path.insert(0, Refuse())
from m2m_desktop.services.conversion.samples import pair_samples
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.services.terminology_store import TerminologyStore

checkpoint, release, models = map(Path, sys.argv[1:])
terminology = TerminologyStore(models.parent / "compiled").open(release)
store = ModelStore(models, models.parent / "none")
info = store.install(checkpoint, None, lambda kind, template: pair_samples(terminology, template))
print(store.open(info.model_id).reranker.score("头痛", ["PT: 头痛"])[0])
"""


def test_neither_torch_nor_its_like_is_imported(checkpoint, tmp_path):
    release = write_toy_release(tmp_path / "release")
    done = run_alone(WITHOUT_TORCH, checkpoint, release, tmp_path / "data" / "models")
    assert done.returncode == 0, done.stderr
    assert 0 < float(done.stdout) < 1
    hook = textwrap.dedent(WITHOUT_TORCH).split("from m2m_desktop")[0] + "import torch"
    assert "torch was imported" in run_alone(hook).stderr
