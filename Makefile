# Two commands for newcomers: `make demo` and `make test`. `make help` lists the rest.
# Everything is set up on first use.

PYTHON ?= python3
# OLDEST=1 takes the oldest versions that pyproject.toml allows, in an environment of their own.
OLDEST ?=
VENV ?= .venv$(if $(OLDEST),-oldest)
# The models extra needs torch. Without a pin pip takes a CUDA build of several gigabytes;
# override for another build: make test TORCH=torch==2.14.1
TORCH ?= torch==2.13.0
BIN = $(VENV)/bin
READY = $(VENV)/.ready
BRIDGE = src/sciknow/search/language/bridge.sqlite
WORDS = src/sciknow/search/language/glossary.tsv $(wildcard src/sciknow/search/language/bridge_*.py \
	knowledge_graph/concepts/*.ttl)
HUB = src/sciknow/_hub/CURRENT
SOURCES = $(shell find catalogs knowledge_graph src/sciknow -name '*.yaml' -o -name '*.ttl' -o -name '*.py')

SOAK ?= 8
SEED := $(or $(SEED),$(strip $(shell od -An -N2 -tu2 /dev/urandom)))
ROOM ?= graph/guard.py
N ?= 40
PYTEST = $(BIN)/python -m pytest -n 2 --dist loadfile

.DEFAULT_GOAL = help
.PHONY: help demo test soak exam all lab lint bench hub wheel check pages guards mutants clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | sort | \
		while IFS="$$(printf '\t')" read -r name what; do printf 'make %-7s %s\n' "$$name" "$$what"; done

demo: hub ## ask in two languages, open an array, plot it, cite it
	$(BIN)/sciknow demo

test: hub ## the tests that every change passes
	$(PYTEST)

soak: hub ## SOAK minutes (8) of kills, fuzz, load, the real Lab, clean environments, by a new SEED
	SOAK=$(SOAK) SEED=$(SEED) $(PYTEST) -m "soak or sample or hypothesis" --hypothesis-seed=$(SEED)

exam: hub ## both exams, bounded: values as kind by form, probes as door by effect (PAGE=1 writes them down)
	$(BIN)/python scripts/exam.py $(if $(PAGE),--page)

all: hub ## everything, to the end: the tests, the whole soak, what takes longer than that
	SOAK=10000 SEED=$(SEED) $(PYTEST) -m "" --hypothesis-seed=$(SEED)

lab: hub ## JupyterLab on notebooks/
	$(BIN)/sciknow lab

lint: $(READY) ## ruff, and mypy --strict
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: hub ## ratios against what one would use instead
	$(BIN)/python benchmarks/run.py

check: hub ## the facts in catalogs/ and knowledge_graph/
	$(BIN)/sciknow validate && $(BIN)/python scripts/check_knowledge.py

pages: hub ## write the pages and pictures anew that scripts make
	for script in scripts/make_command_reference.py scripts/make_python_reference.py \
		scripts/make_main_catalog.py scripts/make_protocol_page.py scripts/make_ask_page.py scripts/draw_house.py docs/explanation/draw_*.py \
		"scripts/check_knowledge.py --page"; do $(BIN)/python $$script || exit 1; done

guards: hub ## which test file guards each module (tests/guards.tsv), and branch coverage
	$(BIN)/python scripts/guards.py

mutants: hub ## changes of a room (ROOM=graph/guard.py, N=40, SEED) that no test notices
	$(BIN)/python scripts/mutants.py $(ROOM) --count $(N) --seed $(SEED)

hub: $(HUB) ## the embedded hub; made again when a source has changed

$(HUB): $(READY) $(BRIDGE) $(SOURCES)
	$(BIN)/sciknow build --embedded

$(BRIDGE): $(READY) scripts/make_bridge.py $(WORDS)
	$(BIN)/python scripts/make_bridge.py $@

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet "$(TORCH)"
	$(if $(OLDEST),$(BIN)/python scripts/oldest.py > $(VENV)/oldest.txt)
	$(BIN)/python -m pip install --quiet $(if $(OLDEST),--constraint $(VENV)/oldest.txt) \
		--editable ".[models,lab,cite,crate,stac,geoparquet,excel,align,icechunk,build,dev]"
	touch $@

wheel: hub ## dist/*.whl with the embedded hub and the default model inside
	rm -rf dist
	$(BIN)/python scripts/pack_model.py
	$(BIN)/python -m build --wheel

clean: ## remove everything that was made, the environment too
	rm -rf build dist demo-output src/sciknow/_hub src/sciknow/search/embed/_model $(BRIDGE) $(VENV)
