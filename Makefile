# `make` alone prints this list.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
MINUTES ?= 60
ROOMS := app.py cli.py config.py terminal.py accounts api commands detection feedback gate house models monitoring serving texts training ui utils tools tests

.PHONY: help setup serve test test-fast test-slow lint format types cov lock train clean

help:  ## print this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 12

setup: .venv/.ready  ## make .venv and install the pinned dependencies

.venv/.ready: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --requirement requirements.txt
	touch $@

serve: setup  ## start the demo on http://127.0.0.1:7860; the first start prints two passwords
	$(BIN)/python app.py

test: setup lint types  ## everything CI runs
	$(BIN)/python -m pytest -m "not slow"

test-fast: setup  ## the tests that need neither torch nor a browser
	$(BIN)/python -m pytest -m "not slow and not browser" --ignore tests/models --ignore tests/training --ignore tests/journeys

test-slow: setup  ## the long ones: soaks, timings of the shipped model
	$(BIN)/python -m pytest -m slow

lint: setup  ## ruff and codespell
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

format: setup  ## let ruff put everything in its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup  ## mypy, strict
	$(BIN)/mypy $(wildcard $(ROOMS))

cov: setup  ## branch coverage of the rooms and of the tests themselves
	$(BIN)/python -m pytest -m "not slow" --cov --cov-report=term-missing:skip-covered --cov-report=html

lock: setup  ## pin anew what pyproject.toml names, into requirements.txt
	$(BIN)/uv pip compile --quiet --group dev pyproject.toml --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links $(addprefix --find-links ,$(PIP_FIND_LINKS)) --upgrade --output-file .lock.txt
	{ echo "# The one place where versions are pinned; made by \`make lock\` from pyproject.toml."; \
	  sed 's/+cpu$$//' .lock.txt; } > requirements.txt
	rm .lock.txt

train: setup  ## train glip-nano further: make train MINUTES=60
	$(BIN)/python -m training.train --minutes $(MINUTES)

clean:  ## remove what the tools left behind (not data/, not .venv)
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis htmlcov .coverage
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
