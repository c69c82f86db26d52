# Two commands for newcomers: `make demo` and `make test`. Everything is set up on first use.

PYTHON ?= python3
VENV ?= .venv
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

.PHONY: demo test lab lint bench hub wheel check docs clean

demo: hub ## ask in two languages, open an array, plot it, cite it
	$(BIN)/sciknow demo

test: hub ## everything CI runs
	$(BIN)/python -m pytest

lab: hub ## JupyterLab on notebooks/
	$(BIN)/sciknow lab

lint: $(READY)
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: hub ## ratios against what one would use instead
	for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

check: hub ## the facts in catalogs/ and knowledge_graph/
	$(BIN)/sciknow validate && $(BIN)/python scripts/check_knowledge.py

hub: $(HUB) ## the embedded hub; made again when a source has changed

$(HUB): $(READY) $(BRIDGE) $(SOURCES)
	$(BIN)/sciknow build --embedded

$(BRIDGE): $(READY) scripts/make_bridge.py $(WORDS)
	$(BIN)/python scripts/make_bridge.py $@

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet "$(TORCH)"
	$(BIN)/python -m pip install --quiet --editable ".[models,lab,cite,crate,stac,geoparquet,excel,align,icechunk,build,dev]"
	touch $@

wheel: hub ## dist/*.whl with the embedded hub and the default model inside
	rm -rf dist
	$(BIN)/python scripts/pack_model.py
	$(BIN)/python -m build --wheel

clean:
	rm -rf build dist demo-output src/sciknow/_hub src/sciknow/search/embed/_model $(BRIDGE) $(VENV)
