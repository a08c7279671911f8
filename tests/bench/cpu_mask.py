"""Run a program as if on an older CPU: no AMX, no VNNI, no AVX-512, at will.

    python -m tests.bench.cpu_mask avx2 -- python -m tests.bench.rerank ...
    python -m tests.bench.cpu_mask                 what each level lets programs see

Kernels for older CPUs give other speeds, and where int8 products overflow their 16 bits other
answers as well. `cpu_mask.c` answers CPUID in the program's place, so that ONNX Runtime, OpenVINO,
numpy and torch choose their kernels as they would there; what a library reads from the environment
is set beside it. The C library looked at the CPU before: its string functions are told by their
own switch. Clock, caches and memory stay those of this machine: a speed is that of *this* CPU with
older instructions. Needs Linux on x86-64, a C compiler, and a CPU with CPUID faulting (a flag
``cpuid_fault`` in ``/proc/cpuinfo``; Intel since 2012).
"""

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

LEVELS = ("full", "avx512vnni", "avx512", "avxvnni", "avx2")
"""From the newest to the oldest; ``full`` is the CPU as it is."""

SOURCE = Path(__file__).with_suffix(".c")

# What libraries take from the environment besides, per level.
_ONEDNN = {
    "avx512vnni": "AVX512_CORE_VNNI",
    "avx512": "AVX512_CORE",
    "avxvnni": "AVX2_VNNI",
    "avx2": "AVX2",
}
_WIDE_OFF = "-AVX512F,-AVX512VL,-AVX512BW,-AVX512DQ,-AVX512CD,-EVEX"

_SHOW = """
import json
from numpy._core._multiarray_umath import __cpu_features__ as features
print(json.dumps(sorted(name for name, is_there in features.items() if is_there)))
"""


class MaskUnavailable(RuntimeError):
    """This machine cannot pretend; the text says why."""


def masked_environment(level: str, folder: Path) -> dict[str, str]:
    """Give what must be added to the environment of a child that shall see ``level``.

    The library is compiled into ``folder``, which must outlive the child. Empty for ``full``.
    Raises MaskUnavailable.
    """
    if level not in LEVELS:
        raise MaskUnavailable(f"there is no level {level}: {', '.join(LEVELS)}")
    if level == "full":
        return {}
    added = {
        "LD_PRELOAD": str(_compiled(folder)),
        "M2M_CPU": level,
        "ONEDNN_MAX_CPU_ISA": _ONEDNN[level],
        "DNNL_MAX_CPU_ISA": _ONEDNN[level],
    }
    if level in ("avx2", "avxvnni"):
        added |= {
            "ATEN_CPU_CAPABILITY": "avx2",
            "MKL_ENABLE_INSTRUCTIONS": "AVX2",
            "GLIBC_TUNABLES": f"glibc.cpu.hwcaps={_WIDE_OFF}",
        }
    else:
        added["ATEN_CPU_CAPABILITY"] = "avx512"
    return added


def visible_features(environment: Mapping[str, str]) -> frozenset[str]:
    """Give the CPU features that numpy sees in a child with ``environment`` added."""
    output = subprocess.run(
        [sys.executable, "-c", _SHOW],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    return frozenset(json.loads(output.stdout))


def _compiled(folder: Path) -> Path:
    _require_support()
    library = folder / "cpu_mask.so"
    if not library.exists():
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            raise MaskUnavailable("no C compiler (cc, gcc, clang) was found")
        command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode != 0:
            raise MaskUnavailable(f"{SOURCE.name} does not compile:\n{made.stderr}")
        _require_effect(library)
    return library


def _require_support() -> None:
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise MaskUnavailable("masking the CPU needs Linux on x86-64")
    if "cpuid_fault" not in Path("/proc/cpuinfo").read_text().split():
        raise MaskUnavailable("this CPU (or its hypervisor) offers no CPUID faulting")


def _require_effect(library: Path) -> None:
    """Raise unless a child no longer sees AVX-512: kernels may refuse the system call."""
    hidden = {"LD_PRELOAD": str(library), "M2M_CPU": "avx2"}
    try:
        seen = visible_features(hidden)
    except subprocess.CalledProcessError as error:
        raise MaskUnavailable(f"a masked program does not run: {error.stderr.strip()}") from error
    if any(name.startswith("AVX512") for name in seen):
        raise MaskUnavailable("the mask has no effect: AVX-512 is still seen")


def main(words: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if words is None else words)
    with TemporaryDirectory() as folder:
        try:
            if not given:
                for level in LEVELS:
                    seen = visible_features(masked_environment(level, Path(folder)))
                    wide = sorted(name for name in seen if name.startswith(("AVX", "AMX", "FMA")))
                    print(f"{level:<11} {' '.join(wide)}")
                return 0
            level, *command = given
            if command[:1] == ["--"]:
                command = command[1:]
            if not command:
                sys.exit(f"{__doc__}")
            environment = {**os.environ, **masked_environment(level, Path(folder))}
            return subprocess.run(command, env=environment).returncode
        except MaskUnavailable as error:
            sys.exit(f"cpu_mask: {error}")


if __name__ == "__main__":
    sys.exit(main())
