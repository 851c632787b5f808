# On a machine with Python 3.11 or newer and make: `make demo` and `make test` set up all they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2

.PHONY: demo test test-full bench lint format generate clean

demo: $(READY)
	@$(BIN)/reconciler demo

# The suite without the long matrices, under branch coverage.
test: $(READY)
	$(BIN)/pytest -n $(WORKERS) -m "not full" --cov --cov-report=term

# The long matrices, whole; prints their tables.
test-full: $(READY)
	HYPOTHESIS_PROFILE=full $(BIN)/pytest -n $(WORKERS) -m full -rP

# What it costs, measured in under ten minutes on a machine that does nothing else; writes docs/benchmarks.md.
# The official CLI is measured where `npm install --prefix tests/official_cli` was run.
bench: $(READY)
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m benchmarks --write
	$(BIN)/python -m benchmarks.sandbox

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What is written from other files: the schema for editors, the reference of the manifests.
generate: $(READY)
	$(BIN)/python -m reconciler.manifests.schemas
	$(BIN)/python -m reconciler.manifests.reference > docs/manifests.md

clean:
	rm -rf $(VENV) .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(READY): pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (once) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "reconciler needs Python 3.11 or newer; say make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt --editable '.[sandbox,dev]'
	@touch $@
