# make demo    install into .venv, make the demo store, run the quick-start notebook: ends with the path of its page
# make lab     JupyterLab on a copy of the tutorials
# make test    everything that tests need, then the tests, on all cores
# make quick   in two minutes: the tests that need no browser, no shared data, no notebooks, no simulations, no ten seconds
# make lint    ruff and mypy, and where Node is the types of page scripts
# make bench   speed and agreement beside Gammapy (benchmarks/), where code has changed; ALL=1; TASKS="reduction ring"
# make latency   how quickly the panels answer, in a real browser; needs Chromium; TASKS as above: "spectrumfit"
# make evaluations  how long single evaluations of cubes take, and how many a fit needs
# make validate  what gpnb writes, read back by Gammapy in an environment of its own; slow tests; the tests with the
#              lowest and the newest versions of what gpnb asks for, on each Python from 3.11 to 3.13 that is here
# make clean   remove what these commands made, .venv included

SHELL := /bin/sh
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
DATA := $(or $(GPNB_DATA),../shared/data)
SLOW_ROOMS := $(addprefix tests/,binder browser estimate hostile report simulate)
QUICK := $(filter-out $(SLOW_ROOMS) %.py %__pycache__,$(wildcard tests/*))
BUNDLE := hatch_build.py $(addprefix frontend/,package.json package-lock.json .npmrc entry.js)
COPIED := $(wildcard gpnb/widgets/labextension/*.json gpnb/widgets/labextension/static/*)
NPM := $(shell command -v npm 2>/dev/null)
CHECKER := frontend/node_modules/.package-lock.json
RIVAL := $(if $(GPNB_RIVAL_PYTHON),,benchmarks/.venv-rival/.installed)

# The matrices are small: on a busy machine threads of linear algebra wait for each other, a hundred times as long as one works.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1

.PHONY: demo lab dev test quick lint bench evaluations latency validate clean
.DEFAULT_GOAL := demo

demo: .venv/.installed
	@$(BIN)/gpnb demo --output reports

lab: .venv/.installed
	@$(BIN)/gpnb lab gpnb-tutorials

dev: .venv/.dev

test: .venv/.dev
	@test -d "$(DATA)" || echo "make test: no shared data in $(DATA) (set GPNB_DATA): the tests marked 'data' are skipped."
	@test -n "$$GPNB_CHROMIUM" || command -v chromium >/dev/null || \
	  echo "make test: no Chromium (Debian: apt-get install chromium; or set GPNB_CHROMIUM): the tests marked 'browser' are skipped."
	@command -v node >/dev/null || echo "make test: no Node (Debian: apt-get install nodejs): page scripts are tested in the browser only."
	@$(BIN)/python -m pytest -n auto --dist loadfile

quick: .venv/.dev
	@$(BIN)/python -m pytest -q -n auto -m "not slow and not browser and not data and not long" $(QUICK)
	@echo "make quick: SKIPPED (make test has them): tests marked browser, data, long and slow; $(SLOW_ROOMS); examples in gpnb"

lint: .venv/.dev $(if $(NPM),$(CHECKER))
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
ifdef NPM
	@cd frontend && node_modules/.bin/tsc --project .
else
	@echo "make lint: no Node (Debian: apt-get install nodejs npm): the types of page scripts are not checked."
	@test "$$GPNB_REQUIRE_NODE" != 1
endif

bench: .venv/.dev $(RIVAL)
	@GPNB_DATA="$(abspath $(DATA))" $(BIN)/python benchmarks/run.py $(if $(ALL),--all) $(TASKS)

evaluations: .venv/.dev
	@GPNB_DATA="$(abspath $(DATA))" $(BIN)/python benchmarks/evaluations.py

latency: .venv/.dev
	@GPNB_DATA="$(abspath $(DATA))" $(BIN)/python benchmarks/latency/run.py $(TASKS)

validate: .venv/.dev $(RIVAL)
	@$(BIN)/python tests/rival/validate.py
	@$(BIN)/python -m pytest -q -m slow || test $$? -eq 5  # 5: there are no slow tests
	@$(BIN)/python tests/versions/versions.py

clean:
	rm -rf gpnb/widgets/static/aladin.* frontend/node_modules .venv .venv-oldest* .venv-newest-* benchmarks/.venv-rival build dist reports gpnb-tutorials .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The stamps are newer than pyproject.toml once its requirements are installed, than what Aladin's bundle is made from, and
# than what an installation copies.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "gpnb needs Python 3.11 or newer; none of python3, python3.11 … python3.14 is."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "The environment .venv could not be made: install python3-venv."; rm -rf .venv; exit 1; }

# The type checker, which the bundle needs not.
$(CHECKER): frontend/package-lock.json frontend/package.json
	@cd frontend && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# A plain install of Gammapy 2.1 does not import: regions 0.12 took away what it uses.
benchmarks/.venv-rival/.installed:
	@echo "Installing Gammapy 2.1 into benchmarks/.venv-rival …"
	@$(PYTHON) -m venv benchmarks/.venv-rival
	@benchmarks/.venv-rival/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
	  gammapy==2.1 numba "regions<0.12" "astropy<8"
	@touch $@

.venv/.installed: pyproject.toml $(BUNDLE) $(COPIED) | .venv/bin/python
	@echo "Installing gpnb into .venv …"
	@$(PIP) --editable .
	@touch $@

.venv/.dev: pyproject.toml $(BUNDLE) $(COPIED) | .venv/bin/python
	@echo "Installing gpnb with its test and lint tools into .venv …"
	@$(PIP) --editable '.[test,lint]'
	@touch $@ .venv/.installed
