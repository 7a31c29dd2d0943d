# make run    set everything up and run the service on the shipped configuration
# make demo   the year 2024 in about a minute
# make test   lint, types and every test
# make picture   draw docs/house.svg, the rooms of the product, anew
PYTHON ?= $(firstword $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; \
            do command -v $$p; done))
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
RECENT := -c 'import sys; sys.exit(sys.version_info < (3, 11))'

.PHONY: run demo test lint types picture clean

$(READY): pyproject.toml constraints.txt
	@$(BIN)/python $(RECENT) 2>/dev/null || $(or $(PYTHON),false) $(RECENT) 2>/dev/null || \
	    { echo "make: Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "setting up $(VENV) (once, about half a minute)" >&2
	@$(BIN)/python $(RECENT) 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    --constraint constraints.txt --editable '.[test]'
	@touch $@

run: $(READY)
	@exec $(BIN)/freshness run

demo: $(READY)
	@exec $(BIN)/freshness demo

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

test: lint types
	$(BIN)/pytest -n auto

picture: $(READY)
	$(BIN)/python -m docs.picture

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
