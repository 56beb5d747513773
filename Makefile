# make run    the night on sample data       make test   the whole suite (make test-slow: hundreds of kills)
# make ui     Dagster on 127.0.0.1:3000       make bench  where a night's time goes
# make check  lint, types, layers             make render generated dbt YAML and docs
# make docs   these guides as a site in site/, to open from disk (make docs-serve: on 127.0.0.1:8000)
SAMPLE ?= company
# Customers of the simulated company, if not as many as usual.
CUSTOMERS ?=
TESSERA_HOME ?= .tessera
export TESSERA_HOME
CONFIG ?= $(TESSERA_HOME)/samples/$(SAMPLE)/tessera.yml
BIN := .venv/bin
READY := .venv/.ready
DEV := .venv/.ready-dev

.PHONY: run test test-slow ui bench check render docs docs-serve setup

run: $(READY)
	@$(BIN)/tessera sample $(SAMPLE) $(if $(CUSTOMERS),--customers $(CUSTOMERS))
	@$(BIN)/tessera run --config $(CONFIG)

test: $(DEV)
	$(BIN)/python -m pytest -n 2

test-slow: $(DEV)
	$(BIN)/python -m pytest -n 2 -m slow

ui: $(READY)
	@$(BIN)/tessera ui --config $(CONFIG)

bench: $(DEV)
	@$(BIN)/python benchmarks/night.py
	@$(BIN)/python benchmarks/loading.py
	@$(BIN)/python benchmarks/matching.py
	@$(BIN)/python benchmarks/features.py
	@$(BIN)/python benchmarks/lifetime_value.py
	@$(BIN)/python benchmarks/predictions.py
	@$(BIN)/python benchmarks/demand.py

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	TESSERA_AS_OF_DATE=2017-12-31 TESSERA_WAREHOUSE=:memory: $(BIN)/sqlfluff lint dbt_project/models dbt_project/tests/reconciliation
	$(BIN)/python -m data_contracts.render --check
	$(BIN)/python -m scripts.scheme_pages --check

render: $(DEV)
	$(BIN)/python -m data_contracts.render
	$(BIN)/python -m scripts.scheme_pages

docs: $(DEV)
	@$(BIN)/python -m scripts.docs_site

docs-serve: docs
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory site 8000

setup: $(DEV)

$(READY): requirements.lock pyproject.toml scripts/setup.sh
	@sh scripts/setup.sh
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml scripts/setup.sh
	@sh scripts/setup.sh dev
	@touch $(READY) $@
