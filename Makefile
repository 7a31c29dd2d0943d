# make run       set everything up and run the service on the shipped configuration
# make demo      the year 2024 in half a minute
# make demo-page the same, played once into build/demo, and then its page
# make test      lint, types and every test but the long ones
# make long      simulated months, kills, many processes: the tests that take seconds each
# make coverage  every test, and which branches none of them takes; fails below the floor
# make soak      simulated weeks of every trouble against a model of the rules, five times;
#                SEED=… plays one again, WEEKS=… longer or shorter ones, DATABASE=postgresql
#                two services on one server
# make cluster   machines that are killed, halted and cut off for ten minutes;
#                SEED=… MINUTES=… plays the same again
# make fuzz      100,000 inputs for every parser of what comes from outside, by all processors;
#                INPUTS=… PARSER=…
# make docs      the documentation as a site in build/site, of the same files
# make page      the page for axe in both themes, and the API against its own description
# make gallery   pictures of the page for docs/images
# make image-steps  the steps of the Dockerfile by hand in a clean folder, without Docker
# make picture   draw the rooms of the product, and a reminder in chat and mail, anew
# make matrix    every test on each supported Python that is at hand
# make outdated  which libraries have newer versions than constraints.txt
PYTHON ?= $(firstword $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; \
            do command -v $$p; done))
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PLAYED := build/demo/.played
RECENT := -c 'import sys; sys.exit(sys.version_info < (3, 11))'

PYTHONS := 3.11 3.12 3.13 3.14

# Tests start many processes: each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: image-steps run demo demo-page test quick long lint types tests soak cluster fuzz page gallery docs picture coverage matrix outdated clean

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

$(PLAYED): $(READY)
	@rm -rf $(@D)
	@$(BIN)/freshness demo --keep $(@D)
	@touch $@

demo-page: $(PLAYED)
	@exec $(BIN)/freshness --config $(<D)/config run

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

# Types are checked beside the tests: on a fresh checkout that takes a minute.
test: lint
	@$(MAKE) --no-print-directory -j2 types quick

quick: $(READY)
	$(BIN)/pytest -n auto --dist worksteal -m "not long"

long: $(READY)
	$(BIN)/pytest -q -n auto --dist worksteal -m long

soak: $(READY)
	@$(BIN)/python -m tests.soak.soak "$(SEED)" $(or $(WEEKS),4) "$(DATABASE)"

cluster: $(READY)
	@SEED="$(SEED)" MINUTES="$(or $(MINUTES),10)" $(BIN)/pytest -q -s tests/cluster/test_machines.py

fuzz: $(READY)
	@$(BIN)/python -m tests.fuzz.fuzz $(or $(INPUTS),100000) $(if $(PARSER),"$(PARSER)")

page: $(READY)
	$(BIN)/pytest -q -o python_files='check_*.py' -W default tests/browser tests/web

gallery: $(READY)
	@$(BIN)/python -m tests.browser.gallery docs/images

image-steps: $(READY)
	@$(BIN)/python -m tests.image_steps

picture: $(READY)
	$(BIN)/python -m docs.picture
	$(BIN)/python -m docs.gallery.pictures

docs: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    --constraint constraints.txt --editable '.[docs]'
	@$(BIN)/python -m docs.site build/docs
	@$(BIN)/zensical build --clean
	@$(BIN)/python -m docs.site_search build/site

coverage: $(READY)
	@rm -f .coverage .coverage.*
	$(BIN)/pytest -q -n auto --cov

# Below .venv, so that what passes over that folder passes over these too.
matrix: $(READY)
	@for version in $(PYTHONS); do \
	    if python$$version -c '' 2>/dev/null; then \
	        echo "matrix: Python $$version"; \
	        $(MAKE) --no-print-directory tests VENV=$(VENV)/$$version PYTHON=python$$version || exit; \
	    else \
	        echo "matrix: Python $$version is not at hand"; \
	    fi; \
	done

tests: $(READY)
	$(BIN)/pytest -q -n auto

outdated: $(READY)
	@$(BIN)/python -m pip list --outdated --exclude-editable --disable-pip-version-check | grep . \
	    || echo "nothing is outdated"

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .coverage*
