"""Keep third-party libraries silent; every entry point calls this before it imports anything else."""

import os

QUIET_ENVIRONMENT = {
    # onnxruntime from 1.29 on starts an uploader while it is imported, unless this stands already
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def silence_libraries() -> None:
    """Set the switches that the libraries read when they are imported; child processes inherit them."""
    os.environ.update(QUIET_ENVIRONMENT)
