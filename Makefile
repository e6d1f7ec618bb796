# Two commands: `make crawl` shows a crawl, `make test` runs the tests. Both set up .venv first, once.

VENV := .venv
PYTHON_OF_VENV := $(VENV)/bin/python
READY := $(VENV)/.ready
# The first that is at least 3.11.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$python; break; fi; done)
URLS ?=
ANONYMOUS := spindrift-trial
AGENT ?= $(ANONYMOUS)
ARGS ?=
# Through the environment, so that no shell reads the & and ? of a URL.
export URLS AGENT

.DEFAULT_GOAL := help
.PHONY: help setup crawl test lint format lock bench clean

help: ## Show this list
	@echo "make <target>:"
	@sed -n 's/^\([a-z]*\):.*## /  \1|/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "%-9s %s\n", $$1, $$2 }'

setup: $(READY) ## Set up .venv from requirements.lock (does nothing when it is up to date)
	@echo "$(VENV) is ready."

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed, and none was found (tried python3.11 to 3.14, python3)." >&2; \
		echo "Install one, or name it: make setup PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON) (once; takes a few minutes) ..."
	@test -x $(PYTHON_OF_VENV) || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	@$(PYTHON_OF_VENV) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PYTHON_OF_VENV) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

crawl: $(READY) ## Crawl: a generated web on loopback, or URLS="https://..." AGENT=my-crawler (ARGS="--max-pages 100")
ifeq ($(strip $(URLS)),)
	@$(PYTHON_OF_VENV) -m spindrift.demo.crawl $(ARGS)
else
	@test "$$AGENT" != "$(ANONYMOUS)" || { echo "Crawling as $(ANONYMOUS). Say who you are: sites see the name, and their robots.txt may address it:" >&2; \
		echo "  make crawl URLS=\"$$URLS\" AGENT=my-crawler" >&2; }
	@set -f; $(VENV)/bin/spindrift crawl $$URLS -o "http.agent.name=$$AGENT" $(ARGS)
endif

test: $(READY) ## Run all tests, or some: ARGS="tests/frontier" (whatever pytest takes)
	@$(PYTHON_OF_VENV) -m pytest $(ARGS)

lint: $(READY) ## Check style and types
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy

format: $(READY) ## Put the code into the house style
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

lock: $(READY) ## Pin the newest versions of everything in requirements.lock
	$(VENV)/bin/uv pip compile pyproject.toml --extra dev --extra bench --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate --no-emit-index-annotation --quiet --output-file requirements.lock

bench: $(READY) ## Run the benchmarks that the README quotes
	@for benchmark in benchmarks/*.py; do echo "== $$benchmark"; $(PYTHON_OF_VENV) $$benchmark || exit 1; done

clean: ## Remove the environment, caches and the demonstration's store
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist crawl-demo.db*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
