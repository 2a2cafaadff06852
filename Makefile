# Two commands do everything on a new machine: `make demo` and `make test`.
# Needed: Python 3.11 or newer with venv, and make. PYTHON=python3.12 chooses an interpreter.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
CITY ?= demo
TEST ?= tests

.PHONY: help demo test check lock clean system-packages

help:  ## list these targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /	/' | expand -t 12

demo: .venv/runs  ## generate a city of 3,000 people, reconcile it, say what to look at
	@test ! -e $(CITY) || grep -qs "synthetic city" $(CITY)/mdm.yaml || { echo "$(CITY) is no demo city; it stays as it is. Say CITY=another-folder." >&2; exit 1; }
	@rm -rf $(CITY)
	@$(BIN)/mdm demo $(CITY)

test: system-packages .venv/tests check  ## every check and every test, as CI runs them
	@MDM_REQUIRE_POSTGRESQL=1 $(BIN)/python -m pytest -n 2 $(TEST)

check: .venv/tests  ## style, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

system-packages:
	@bash .ci/system-packages

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "mdm needs Python 3.11 or newer; none was found. Install it, or say PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; rm -rf .venv; exit 1; }

.venv/runs: .venv/bin/python requirements.txt pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/tests: .venv/bin/python requirements-dev.txt pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

LOCK = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" --quiet

lock:  ## pin every dependency again, with hashes (needs uv)
	$(LOCK) --group build --extra postgres -o requirements.txt
	$(LOCK) --group dev --extra postgres -o requirements-dev.txt

clean:  ## remove what the targets above made
	rm -rf .venv $(CITY) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
