# The verbs of this project. People, hooks and CI use the same ones.
#
#   make run     all set-up, then names the bundled demo sounds
#   make test    all set-up, then every check and test

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test test-strength fast lint format types slow benchmark clean help

help:           ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

run: $(VENV)/.use  ## set up, then name the bundled demo sounds
	$(BIN)/audio-cnn classify --demos

test: lint types fast slow  ## set up, then every check and test

fast: $(VENV)/.develop  ## the fast tests, under a minute
	$(BIN)/pytest -n auto --dist loadgroup -m "not slow and not strength"

slow: $(VENV)/.develop  ## the tests that take longer
	$(BIN)/pytest -n auto -m slow

test-strength: $(VENV)/.develop  ## minutes of hostile and busy clients, against a server on this machine
	$(BIN)/pytest tests/strength -m strength --durations=0

lint: $(VENV)/.develop  ## style, and which part may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.develop  ## static types
	$(BIN)/mypy

format: $(VENV)/.develop  ## put the code into house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmark: $(VENV)/.develop  ## measure speed, beside a reference on this machine
	$(BIN)/python -m benchmarks

clean:          ## remove what set-up made
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# What using the classifier needs: small, without torch.
$(VENV)/.use: pyproject.toml | $(VENV)
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

# What changing it needs.
$(VENV)/.develop: pyproject.toml constraints.txt | $(VENV)
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.use

$(VENV):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
