"""Starts the window; with ``--engine`` or ``--read-table``, a child process of a stand-alone program."""

from m2m_desktop.services.quiet import silence_libraries

silence_libraries()

import os  # noqa: E402 - nothing may be imported before the libraries are silenced
import sys  # noqa: E402

NO_DISPLAY = (
    "mention2meddra: there is no display (DISPLAY and WAYLAND_DISPLAY are not set), so the window "
    "cannot be opened. The command line does the same job: m2m code PHRASE\n"
    "没有显示环境（未设置 DISPLAY 和 WAYLAND_DISPLAY），无法打开窗口。"
    "可改用命令行完成同样的工作：m2m code 短语"
)
NO_WINDOW = (
    "mention2meddra: the window cannot be opened: PySide6 or a system library it needs is missing, "
    "or the display cannot be reached ({detail}). The command line works without it: "
    "m2m code PHRASE\n"
    "无法打开窗口：缺少 PySide6 或其所需的系统库，或无法连接显示环境（{detail}）。"
    "命令行不受影响：m2m code 短语"
)


def has_display() -> bool:
    """Whether a window can be shown here."""
    if sys.platform in {"win32", "darwin"}:
        return True
    wanted = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in wanted)


def complain(text: str) -> int:
    """Say why there is no window; a windowed program on Windows may have nowhere to say it."""
    if sys.stderr is not None:
        print(text, file=sys.stderr)  # noqa: T201 - there is no window to say it in
    return 1


def main() -> int:
    """Open the window and give the exit status."""
    if "--engine" in sys.argv[1:]:
        from m2m_desktop.services import engine_process

        engine_process.main()
        return 0
    if "--read-table" in sys.argv[1:]:
        from m2m_desktop.services.tables import reader_process

        reader_process.main()
        return 0
    if not has_display():
        return complain(NO_DISPLAY)
    from m2m_desktop.services.offline_guard import refuse_network

    refuse_network()
    import m2m_desktop.ui.without_qt  # noqa: F401 - before Qt: see there

    try:
        from m2m_desktop.ui.app import run
    except ImportError as error:
        return complain(NO_WINDOW.format(detail=error))
    return run(sys.argv, on_fatal=lambda detail: complain(NO_WINDOW.format(detail=detail)))


if __name__ == "__main__":
    sys.exit(main())
