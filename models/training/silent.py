"""Keeps ONNX Runtime (from 1.30) and the libraries of the hub from reporting to their makers. They read this when they are
loaded, so it is imported before them, and what the environment says does not weaken it."""
import os

os.environ.update(ORT_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1")
