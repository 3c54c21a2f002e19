"""`cli.py doctor`: what is wrong with an installation, and how to mend it."""

from pathlib import Path

import typer

from api.batch import FAILED, OK
from commands.detect import load_detector
from commands.shell import blame_settings, tell, terminal
from commands.usage import Commands
from config import Settings
from detection.errors import GlipError
from monitoring.doctor import (
    Finding,
    Level,
    check_elasticsearch,
    check_folder,
    check_packages,
    check_port,
    check_python,
)

ROOT = Path(__file__).parent.parent
app = Commands()


@app.command(help=tell("doctor_help"))
def doctor() -> None:
    findings = [check_python(), *check_packages(ROOT)]
    try:
        findings += check_settings(Settings())
    except ValueError as error:
        findings.append(blame_settings(error))
    for finding in findings:
        terminal.print_finding(finding, terminal.out)
    broken = sum(finding.level is Level.BROKEN for finding in findings)
    terminal.out.print(tell("doctor_ill", count=broken) if broken else tell("doctor_well"))
    raise typer.Exit(FAILED if broken else OK)


def check_settings(settings: Settings) -> list[Finding]:
    """What the demo needs to start with these settings."""
    host, metrics = settings.host, settings.metrics_port
    return [
        check_model(settings),
        check_folder(settings.data_dir),
        check_port(host, settings.port, setting="GLIP_PORT"),
        check_port(host, metrics, setting="GLIP_METRICS_PORT")
        if metrics
        else Finding(Level.FINE, "metrics_off"),
        check_device(settings.device),
        *check_copies(settings),
    ]


def check_copies(settings: Settings) -> list[Finding]:
    """Whether Elasticsearch answers, where one is named."""
    if not settings.elasticsearch_url:
        return []
    from house.rules import elastic_address  # noqa: PLC0415 - the house is only paid for where it is needed

    address = elastic_address(settings)
    return [check_elasticsearch(address.url, address.probe)] if address else []


def check_model(settings: Settings) -> Finding:
    """Whether the model can be built from its weights; says their revision."""
    facts: dict[str, object] = {"name": settings.model}
    try:
        detector = load_detector(settings.model, settings, device="cpu")
    except GlipError as error:
        return Finding(Level.BROKEN, "model_broken", {**facts, "why": terminal.sentence_of(error)})
    except Exception as error:  # noqa: BLE001 - whatever a model raises, the other checks go on
        why = f"{type(error).__name__}: {error}"
        return Finding(Level.BROKEN, "model_broken", {**facts, "why": why})
    return Finding(Level.FINE, "model", {**facts, "revision": detector.revision})


def check_device(device: str) -> Finding:
    """Whether torch finds the CUDA device that was asked for."""
    from models.devices import name_cuda  # noqa: PLC0415 - torch is only paid for where it is needed

    if found := name_cuda():
        return Finding(Level.FINE, "cuda", {"name": found})
    if device.startswith("cuda"):
        return Finding(Level.BROKEN, "cuda_missing", {"device": device})
    return Finding(Level.FINE, "cuda_none")
