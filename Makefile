# On a machine with Python 3.11 or newer and make: every target sets up what it needs first.
# `make help` lists the targets: those with a text after two number signs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SANDBOX := $(VENV)/.sandbox
READY := $(VENV)/.ready
BENCH := $(VENV)/.bench
WORKERS ?= 2
INSTALL = $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt --editable
# Those of tests/official_cli belong to the long ones alone.
ROOMS := $(filter-out official_cli,$(sort $(patsubst tests/%/,%,$(dir $(wildcard tests/*/test_*.py)))))

# Where compiled files are not kept, each process that a test starts would compile the product anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo help setup test test-room test-full bench bench-quick lint format generate requirements clean

demo: $(SANDBOX) ## Walk through the product on a sandbox; no account needed
	@$(BIN)/reconciler demo

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## Make .venv with all that tests and lint need; the other targets do so by themselves
	@echo "$(VENV) is ready."

# Under branch coverage.
test: $(READY) ## Run the suite without the long matrices; WORKERS=8 uses more processors
	$(BIN)/pytest -n $(WORKERS) -m "not full" --cov --cov-report=term

test-room: $(READY) ## Run the tests of one room, in seconds for most: make test-room ROOM=kinds
	@test -n "$(filter $(ROOMS),$(ROOM))" || { echo "Name a room, as in make test-room ROOM=kinds. The rooms: $(ROOMS)"; exit 2; }
	$(BIN)/pytest -n $(WORKERS) -m "not full" tests/$(ROOM)

# Prints the tables of the matrices. EVERY_CASE=1 also runs those that are sampled here.
test-full: $(READY) ## Run the long matrices, whole
	HYPOTHESIS_PROFILE=full $(BIN)/pytest -n $(WORKERS) -m full -rfEP

# Takes under ten minutes on a machine that does nothing else.
# The official CLI is measured where `npm install --prefix tests/official_cli` was run.
bench: $(BENCH) ## Measure what it costs; write docs/benchmarks.md
	$(BIN)/python -m benchmarks --write
	$(BIN)/python -m benchmarks.sandbox

# Writes nothing.
ONLY ?= floor,start
bench-quick: $(BENCH) ## Measure some parts in a minute or two: make bench-quick ONLY=waiting
	$(BIN)/python -m benchmarks --only $(ONLY)

lint: $(READY) ## Check style, types and that nothing imports upward
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m codegen --check

format: $(READY) ## Format the code, and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

generate: $(READY) ## Write what is made from other files: types of answers, man pages, the schema for editors, docs/manifests.md
	$(BIN)/python -m codegen
	$(BIN)/python -m reconciler.manifests.schema.made_schemas
	$(BIN)/python -m reconciler.manifests.schema.reference_page > docs/manifests.md

# For the image and the action, on every Python and system. The hashes suffice: where files come from is not written down.
UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--constraint constraints.txt --no-annotate --custom-compile-command "make requirements"
requirements: $(READY) ## Write requirements/: the packages of constraints.txt with the hashes of their files
	$(UV_COMPILE) --output-file requirements/run.txt pyproject.toml
	echo "hatchling" | $(UV_COMPILE) --output-file requirements/build.txt -

clean: ## Remove .venv and all caches
	rm -rf $(VENV) .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The product with its sandbox: all that the demo needs.
$(SANDBOX): pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (once) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "reconciler needs Python 3.11 or newer; say make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) '.[sandbox]'
	@touch $@

$(READY): $(SANDBOX)
	@echo "Adding what tests and lint need (once) …"
	@$(INSTALL) '.[sandbox,dev]'
	@touch $@

# The programs and parsers that the benchmarks compare with.
$(BENCH): $(READY)
	@$(INSTALL) '.[bench]'
	@touch $@
