# The menu. Each line calls a public tool; what it does is said in README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export REFLEX_USE_NPM := 1
export REFLEX_TELEMETRY_ENABLED := false
export REFLEX_CHECK_LATEST_VERSION := false

.PHONY: run test check format lint types rules setup spec bench lock clean

run: setup
	$(BIN)/billing serve --demo

test: setup
	$(BIN)/python -m tests.support.machine
	$(BIN)/python -m tests.support.run

check: format lint types rules

format: $(VENV)/.installed
	$(BIN)/ruff format --check --output-format concise .

lint: $(VENV)/.installed
	$(BIN)/ruff check --output-format concise .

types: $(VENV)/.installed
	$(BIN)/mypy billing_app

rules: $(VENV)/.installed
	$(BIN)/lint-imports --no-logo

setup: $(VENV)/.installed
	$(BIN)/billing build

spec: $(VENV)/.installed
	@$(BIN)/python -m tests.support.spec

bench: setup
	$(BIN)/python -m bench

lock: $(VENV)/.installed
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements.lock

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c "import ensurepip" 2>/dev/null || { apt-get update -qq && apt-get install -y -qq python3-venv; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	touch $@

clean:
	rm -rf $(VENV) .web .states build *.egg-info
