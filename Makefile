# `make demo` and `make test` need Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

.PHONY: demo test check format lint types bench clean

demo: $(VENV)/.installed
	@$(BIN)/kg demo -o demo

test: $(VENV)/.tested
	@$(BIN)/python -m pytest

check: format lint types test

format: $(VENV)/.tested
	@$(BIN)/ruff format --check .

lint: $(VENV)/.tested
	@$(BIN)/ruff check .

types: $(VENV)/.tested
	@$(BIN)/mypy

clean:
	rm -rf $(VENV) demo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.installed: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit("paper-kg needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing paper-kg into $(VENV) (once)"
	@$(PIP) --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@echo "Installing what the tests need (once)"
	@$(PIP) --constraint constraints.txt --requirement requirements-dev.txt
	@touch $@
