# Needs Python 3.11 or newer with venv, and make. Only relative paths: the folder's own path may hold spaces.
PYTHON ?= python3
ARGS ?=
UV_ARGS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-config --quiet

.DELETE_ON_ERROR:
.PHONY: help demo test neo4j-test check audit lock clean

help: ## say what there is to make
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/make \1  \2/p' Makefile

demo: .venv/run.stamp .venv/self.stamp ## build the bundled graph and ask it the first questions
	@$(BIN)/alliage demo

test: .venv/dev.stamp .venv/self.stamp ## run the tests; make test ARGS="-k partner -n auto"
	@$(BIN)/python -m pytest $(ARGS)

neo4j-test: .venv/dev.stamp .venv/self.stamp ## run the tests that need a Neo4j server, which Java and Maven fetch
	@$(BIN)/python -m pytest -m needs_neo4j $(ARGS)

check: .venv/dev.stamp .venv/self.stamp ## style, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

audit: ## say which vulnerabilities are known in requirements/run.lock, where the network allows
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	"$(PYTHON)" -m venv "$$scratch" && { \
	"$$scratch/bin/python" -m pip --disable-pip-version-check --quiet install 'pip-audit>=2.9' && \
	"$$scratch/bin/pip-audit" --require-hashes --disable-pip --progress-spinner off \
		--requirement requirements/run.lock --format json --output "$$scratch/report.json" 2>/dev/null || true; } && \
	"$$scratch/bin/python" .ci/audit.py "$$scratch/report.json"

lock: ## resolve requirements/*.lock anew, for every Python and platform; UV_ARGS=--upgrade takes newer versions
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	"$(PYTHON)" -m venv "$$scratch" && \
	"$$scratch/bin/python" -m pip --disable-pip-version-check --quiet install 'uv>=0.9' && \
	"$$scratch/bin/uv" pip $(LOCK) $(UV_ARGS) pyproject.toml --group build -o requirements/run.lock && \
	"$$scratch/bin/uv" pip $(LOCK) $(UV_ARGS) pyproject.toml --group build --group dev \
		-c requirements/run.lock -o requirements/dev.lock

clean: ## remove the environment, the caches and what was built
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# A changed lock starts the environment afresh, so nothing that left the lock stays behind.
.venv/run.stamp: requirements/run.lock
	@command -v "$(PYTHON)" >/dev/null || \
		{ echo 'Alliage needs Python 3.11 or newer, and there is no "$(PYTHON)": install it, or name yours with make PYTHON=….' >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Alliage needs Python 3.11 or newer, and "$(PYTHON)" is older: name a newer one, as in make PYTHON=python3.12.' >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo 'Python lacks its venv module: on Debian or Ubuntu, apt install python3-venv.' >&2; exit 1; }
	@echo 'Preparing .venv, once (about a minute)…' >&2
	@"$(PYTHON)" -m venv --clear .venv
	@$(PIP) install -r requirements/run.lock
	@touch $@

.venv/dev.stamp: requirements/dev.lock .venv/run.stamp
	@echo 'Adding the tools for tests and checks…' >&2
	@$(PIP) install -r requirements/dev.lock
	@touch $@

.venv/self.stamp: pyproject.toml .venv/run.stamp
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
