"""``python -m tests.bench``: the side-by-side measurements, one after the other."""

from tests.bench import accuracy, bench_load_release, bench_retrieve


def main() -> None:
    for module in (bench_load_release, bench_retrieve, accuracy):
        print(f"\n== {module.__name__.rpartition('.')[2]}", flush=True)
        module.main([])


if __name__ == "__main__":
    main()
