"""What holds for every test: offline, silent, tidy, and in a home folder of its own."""

import logging
import os
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from m2m_desktop.services import language, logs
from m2m_desktop.services.quiet import silence_libraries

silence_libraries()
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

THREAD_GRACE_S = 2.0


def pytest_collection_modifyitems(items):
    """Everything below tests/ui needs a QApplication."""
    folder = Path(__file__).parent / "ui"
    for item in items:
        if folder in Path(item.path).parents:
            item.add_marker(pytest.mark.ui)


@pytest.fixture(scope="session", autouse=True)
def no_network():
    """Refuse every connection from Python. Windows builds its socket pairs over the loopback."""
    real = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex")}

    def refusing(name):
        def connect(self, address):
            local = isinstance(address, tuple) and address[0] in {"127.0.0.1", "::1"}
            if self.family == getattr(socket, "AF_UNIX", None) or (
                sys.platform == "win32" and local
            ):
                return real[name](self, address)
            raise RuntimeError(f"a test tried to connect to {address!r}: this program is offline")

        return connect

    for name in real:
        setattr(socket.socket, name, refusing(name))
    yield
    for name, function in real.items():
        setattr(socket.socket, name, function)


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """All user folders below tmp_path; a system that does not say its language."""
    home = tmp_path / "home"
    monkeypatch.setenv("M2M_HOME", str(home))
    for name in ("M2M_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    yield home
    logs.stop_logging()
    language.use_language("en")


class _Stray(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.records = []

    def emit(self, record):
        self.records.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def no_stray_logs(request):
    """Fail on warnings and errors nobody expected; a test that asks for `caplog` expects them."""
    stray = _Stray()
    root = logging.getLogger()
    level = root.level
    root.addHandler(stray)
    yield
    root.removeHandler(stray)
    root.setLevel(level)
    if stray.records and "caplog" not in request.fixturenames:
        pytest.fail("stray log records:\n" + "\n".join(stray.records))


@pytest.fixture(autouse=True)
def no_left_over_threads():
    """Fail on threads that a test started and did not end."""
    before = set(threading.enumerate())

    def left_over():
        # "Dummy" is what Python calls a thread of Qt or ONNX Runtime that once ran Python code
        return [
            thread
            for thread in threading.enumerate()
            if thread not in before and not isinstance(thread, threading._DummyThread)
        ]

    yield
    deadline = time.monotonic() + THREAD_GRACE_S
    while left_over() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left_over(), f"threads still running: {left_over()}"


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory):
    """A home in which the demo dictionary is compiled once for all tests that code for real."""
    return tmp_path_factory.mktemp("shared") / "home"


@pytest.fixture
def demo_home(shared_home, own_home, monkeypatch):
    """Use the shared home in this test."""
    monkeypatch.setenv("M2M_HOME", str(shared_home))
    return shared_home
