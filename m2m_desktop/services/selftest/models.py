"""The models: hashes, golden answers, the longest input there can be."""

from collections.abc import Iterator

from m2m_desktop.core.errors import ModelError
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.services.selftest.own_files import INSTALL_AGAIN
from m2m_desktop.services.selftest.records import Finding, bad, doubtful, good
from m2m_desktop.services.selftest.scene import Scene

_WHOLE = N_("{name} is whole and gives the recorded answers (SHA-256 {hash}).")
_NONE = N_("There is no model that came with the program.")
_NO_RERANKER = N_("No model that can score candidates works.")
_LEXICAL = N_("Until one is installed, candidates are ordered by wording only.")


def check_models(scene: Scene) -> Iterator[Finding]:
    """Open every model as coding would: what was changed by one bit is refused there."""
    locations, ranks = scene.locations, 0
    store = ModelStore(locations.models, locations.resources / "models")
    infos = store.list()
    for info in infos:
        scene.cancel()
        try:
            opened, _model = store.open_any(info.path, threads=1, check=scene.cancel)
        except ModelError as error:
            advice = INSTALL_AGAIN if info.is_shipped else error.hint
            yield bad(message(error.what, **error.fields), message(advice, **error.fields))
            continue
        ranks += opened.kind == "reranker"
        yield good(message(_WHOLE, name=opened.model_id, hash=opened.hash))
    if not any(info.is_shipped for info in infos):
        yield bad(message(_NONE), message(INSTALL_AGAIN))
    elif not ranks:
        yield doubtful(message(_NO_RERANKER), message(_LEXICAL))
