# Everything a person or CI runs. `make demo` and `make test` need nothing but Python 3.11 to 3.13 and make.
#
#   make demo     install, load the sample data, run the whole job, show what came out (SERVE=0 or SERVE=1 to choose)
#   make test     install, then all tests; DATABASE=postgresql keeps every store of theirs on the local PostgreSQL
#   make check    format, lint, types
#   make bench    speed and quality, one table
#   make regression   the same on the sample data, held against the accepted figures
#   make fuzz     thousands of requests made from the description of the API (CASES=20000)
#   make chaos    ends processes at random moments under load, and looks whether anything was lost (CHAOS_MINUTES=5 KILLS=200)
#   make load     an open loop of requests against an installation of its own (LOAD_MINUTES=2 RATE=20 EXCERPTS=10000 DATA= IMPORT= KEEP=)
#   make soak     an hour of modest load, and whether memory, files and threads stay flat (SOAK_MINUTES=60 RATE=2)
#   make throughput   how fast feedback is taken in by one, two, four workers, beside the encoder alone (ROWS=6000 DATA=)
#   make memory   how much memory each process of an installation takes
#   make audit    pins, licences, bill of materials, answers to findings; and what is known to be vulnerable (UNMADE=1 where it cannot be asked)
#   make sbom     sbom.json: what is installed, with versions and licences (CycloneDX)
#   make serve    the API and the pages
#
# Linux: torch without CUDA unless CUDA=1 is given.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SERVE  ?=
CASES  ?= 20000
DATABASE ?= sqlite
CUDA   ?=
UNMADE ?=
export SYNTH_HOME ?= var

.DEFAULT_GOAL := demo
.PHONY: demo test check format bench regression fuzz chaos load soak throughput memory sbom audit serve install install-test lock clean

demo: $(VENV)/.installed
	@$(BIN)/synth demo $(if $(filter 1,$(SERVE)),--serve) $(if $(filter 0,$(SERVE)),--no-serve)

serve: $(VENV)/.installed
	@$(BIN)/synth serve

test: $(VENV)/.installed-test
	@SYNTH_TEST_DATABASE=$(DATABASE) $(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.installed-test
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: $(VENV)/.installed-test
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.installed
	@$(BIN)/python -m eval bench

regression: $(VENV)/.installed
	@$(BIN)/python -m eval bench --samples-only --json $(SYNTH_HOME)/bench.json --html $(SYNTH_HOME)/bench.html \
	  --baseline eval/baselines/samples.json
	@$(BIN)/python -m eval compare --whole eval/baselines/samples.json $(SYNTH_HOME)/bench.json

fuzz: $(VENV)/.installed-test
	@$(BIN)/python -m tests.fuzzing --cases $(CASES)

chaos: $(VENV)/.installed-test
	@$(BIN)/python -m tests.chaos

load: $(VENV)/.installed-test
	@$(BIN)/python -m tests.load

soak: $(VENV)/.installed-test
	@$(BIN)/python -m tests.load.soak

throughput: $(VENV)/.installed-test
	@$(BIN)/python -m tests.load.throughput

memory: $(VENV)/.installed-test
	@$(BIN)/python -m tests.load.memory

# Read from an environment of its own: what reads it would otherwise stand in it.
sbom: $(VENV)/.installed
	@$(PYTHON) -m venv $(VENV)-sbom
	@$(VENV)-sbom/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0
	@$(VENV)-sbom/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --of JSON --output-reproducible -o sbom.json
	@rm -rf $(VENV)-sbom
	@echo "sbom.json"

audit: sbom
	@$(BIN)/python -m scripts.audit $(if $(filter 1,$(UNMADE)),--unmade-passes)

install: $(VENV)/.installed
install-test: $(VENV)/.installed-test

$(VENV)/.installed: constraints.txt pyproject.toml scripts/install_torch.py
	@$(PYTHON) -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed; choose one with: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing (a few minutes the first time) …"
	@CUDA=$(CUDA) $(BIN)/python scripts/install_torch.py
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

# Pins what is installed now, the peers of the harness too; run it after changing pyproject.toml, then try `make test` in a new environment.
lock: $(VENV)/.installed-test
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,peers]'
	@$(BIN)/python scripts/lock.py

clean:
	rm -rf $(VENV) build *.egg-info
