# Everything goes through here; `make help` lists what there is.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules
BIN := .venv/bin
MEMBERS := $(notdir $(patsubst %/,%,$(dir $(wildcard shared/*/pyproject.toml services/*/pyproject.toml))))

.PHONY: help setup demo up down status test simulate faults bench lint format types layers migrations pages dead coverage members check lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[1mmake %-11s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is needed into .venv (quick when it is all there)
	@deploy/local/setup

demo: setup ## Play a real day through the whole desk, and check it (ARGS=--keep; STACK=compose: in containers)
	@$(BIN)/punctual demo $(if $(STACK),--stack $(STACK)) $(ARGS)

up: setup ## Start PostgreSQL, Kafka, the mail catcher and the five services; Ctrl-C stops them
	@$(BIN)/punctual up $(ARGS)

down: setup ## Stop what `make up` started
	@$(BIN)/punctual down

status: setup ## Say what runs, where, and how far it is behind
	@$(BIN)/punctual status

test: setup ## Run all tests, against the real Kafka and PostgreSQL too (ARGS="-k name"; ARGS=--durations: what each file costs)
	@$(BIN)/pytest -n $(or $(WORKERS),3) --dist worksteal $(patsubst --durations,--durations-by-file,$(ARGS))

simulate: setup ## Run the desk through all that can go wrong, in virtual time (SEEDS=10000, ARGS="--first 300")
	@$(BIN)/punctual simulate --seeds $(or $(SEEDS),300) --workers $(or $(WORKERS),2) $(ARGS)

faults: setup ## Have bad days on the real desk, and judge its logs (ROUNDS=50, ARGS="--lost 10", ARGS=--help lists the days)
	@$(BIN)/python -m tests.faults $(if $(ROUNDS),--rounds $(ROUNDS)) $(ARGS)

bench: setup ## Measure, beside what each figure is compared with (ARGS="calendar what-if open latency replay timers memory")
	@$(BIN)/python -m tests.bench $(ARGS)

lint: setup ## Look for mistakes (ruff)
	@$(BIN)/ruff check

format: setup ## Format the code
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix --quiet || true

types: setup ## Check the types (mypy --strict)
	@$(BIN)/mypy $(dir $(wildcard services/*/*/py.typed shared/*/*/py.typed)) deploy/local examples tests

layers: setup ## Check who may import whom (import-linter)
	@$(BIN)/lint-imports

migrations: setup ## Lint the migrations (squawk)
	@deploy/local/lint-migrations

pages: setup ## Check that rules and hard cases name their tests, and pages what there is; list what is open
	@$(BIN)/python -m tests.contract.pages
	@$(BIN)/pytest -q -n0 -p no:cacheprovider --no-header --durations=0 --durations-min=99 tests/contract/test_documents.py

dead: setup ## Look for product code that no product code uses (vulture)
	@$(BIN)/python -m tests.contract.dead

coverage: setup ## Check that each line and branch of what is pure runs in a test (of domains, hours, contracts)
	@$(BIN)/python -m tests.contract.branches $(or $(WORKERS),2)

members: setup ## Write the lists of members anew, after a folder came or went (ARGS=--check: only compare)
	@$(BIN)/python -m tests.contract.members $(ARGS)

check: setup ## All gates but the tests: format, lint, types, layers, migrations, pages, dead code, members, coverage
	@$(BIN)/ruff format --check
	@$(MAKE) --no-print-directory lint types layers migrations pages dead
	@$(MAKE) --no-print-directory members ARGS=--check
	@$(MAKE) --no-print-directory coverage

lock: setup ## Write both requirements.lock anew from the pyproject files
	@$(BIN)/uv pip compile --quiet pyproject.toml --group pyproject.toml:dev --group pyproject.toml:local \
	  --group pyproject.toml:build --universal --generate-hashes --no-annotate --no-header \
	  $(foreach member,$(MEMBERS),--no-emit-package $(member)) $(ARGS) --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet pyproject.toml --group pyproject.toml:image --group pyproject.toml:build \
	  --universal --generate-hashes --no-annotate --no-header \
	  $(foreach member,$(MEMBERS),--no-emit-package $(member)) $(ARGS) --output-file deploy/requirements.lock
