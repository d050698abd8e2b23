# `make run` shows what Ostrakon does, `make test` checks it. All that is installed stays in .venv.
# Needs make, git and Python 3.11 or later with venv (Debian: apt-get install make git python3 python3-venv).

PYTHON  ?= $(or $(wildcard .venv/bin/python),python3)
WORKERS ?= 2

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

# What is installed is known by a stamp named after its ingredients, so a current .venv needs no network.
SUM  := cksum | cut -d ' ' -f 1
VENV := .venv/.python-$(shell { $(PYTHON) -VV; pwd; } 2>/dev/null | $(SUM))
KEY  := $(shell cat pyproject.toml requirements.lock requirements-dev.lock | $(SUM))
DEV  := .venv/.requirements-dev.lock-$(KEY)
RUN  := $(or $(wildcard $(DEV)),.venv/.requirements.lock-$(KEY))

.PHONY: help run test test-slow test-postgres test-platforms test-crash screenshots lint types format migrations messages lock lock-check system bench clean
.DELETE_ON_ERROR:

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1 ## /p' $(MAKEFILE_LIST) | awk -F ' ## ' '{ printf "make %-14s %s\n", $$1, $$2 }'

run: $(RUN) ## a whole service with a demonstration world, to look at; ARGS=--no-serve fills it and ends
	$(BIN)/ostrakon try demo/service --replace $(ARGS)

test: $(DEV) ## the tests; ARGS="-k worth" chooses, WORKERS=8 hurries
	$(BIN)/pytest -n $(WORKERS) $(ARGS)

test-slow: $(DEV) ## the suites that are slow or need other programs; fails if one is skipped
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m 'slow or needs_program' --slow --no-skips $(ARGS)

# The rooms that keep rows; the others know no database.
ROOMS := ledger intake triage casework enforcement impact web service
test-postgres: $(DEV) ## the rooms that keep rows, on a throw-away PostgreSQL; fails if a test is skipped
	$(BIN)/pytest -n $(WORKERS) --database postgresql --slow --no-skips $(wildcard $(ROOMS:%=tests/%)) $(ARGS)

test-platforms: $(DEV) ## beside real platforms: they install three quarters of a gigabyte the first time
	$(BIN)/pytest -n 2 --dist loadscope -m platform --platform --no-skips tests/platforms $(ARGS)

test-crash: $(DEV) ## kill -9 of every process at random; ARGS="--kills 20 --seed 7"
	$(BIN)/pytest -n 2 --crash --no-skips tests/crash $(ARGS)

screenshots: $(DEV) ## the pictures of the tour, made anew in a browser
	$(BIN)/pytest -n 0 --slow --no-skips tests/browser/test_tour.py --pictures docs/images/tour

lint: $(DEV) ## style, types, and which room imports from which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

types: $(DEV) ## mypy alone
	$(BIN)/mypy

format: $(DEV) ## put the sources in the house's form
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

migrations: $(DEV) ## write the migrations that changed models need
	DATABASE_URL=sqlite://:memory: $(BIN)/django-admin makemigrations --settings ostrakon.service.settings $(ARGS)
	$(BIN)/ruff format src/ostrakon/*/migrations

messages: $(DEV) ## find the sentences of the pages, and compile their translations (needs gettext)
	cd src/ostrakon && export DATABASE_URL=sqlite://:memory: DJANGO_SETTINGS_MODULE=ostrakon.service.settings && \
	    ../../$(BIN)/django-admin makemessages && ../../$(BIN)/django-admin compilemessages

lock: $(BIN)/uv ## make the lock files again; UPGRADE=--upgrade takes newer versions
	$(compile_locks)
	cp .venv/lock/requirements*.lock .

lock-check: $(BIN)/uv ## do the lock files still answer to pyproject.toml?
	$(compile_locks)
	@for lock in requirements.lock requirements-dev.lock; do diff -u $$lock .venv/lock/$$lock || \
	    { echo "$$lock does not answer to pyproject.toml: run make lock"; exit 1; }; done

# PostgreSQL and Redis are for the tests, which start their own: Debian shall not start a cluster beside them.
PACKAGES := chromium g++ gettext postgresql redis-server
CLUSTERS := /etc/postgresql-common/createcluster.d
system: ## Debian packages for the suites that need other programs (root)
	@wanted="$(PACKAGES) $$(command -v npm >/dev/null || echo npm)"; dpkg -s $$wanted >/dev/null 2>&1 && exit; \
	[ "$$(id -u)" = 0 ] || { echo "make system installs Debian packages ($$wanted) and needs root: sudo make system"; exit 1; }; \
	mkdir -p $(CLUSTERS) && echo 'create_main_cluster = false' > $(CLUSTERS)/ostrakon.conf && \
	apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $$wanted

bench: $(RUN) ## name the benchmarks, one command a line
	@grep -ls __main__ benchmarks/*.py | sed 's,^,$(BIN)/python ,' | grep . || echo "There are no benchmarks yet."

clean: ## remove everything that make has made
	rm -rf .venv demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Compiled beside the present locks, which are the preference: a version changes only where it must.
COMPILE = ../bin/uv pip compile pyproject.toml $(UPGRADE) --quiet --no-header --universal --python-version 3.11 \
    --generate-hashes --no-build --python ../bin/python --no-python-downloads --system-certs --extra analysis --extra service
define compile_locks
	rm -rf .venv/lock && mkdir .venv/lock && cp pyproject.toml requirements*.lock .venv/lock
	cd .venv/lock && $(COMPILE) --group build --output-file requirements.lock
	cd .venv/lock && $(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock
endef

$(BIN)/uv: $(VENV)
	$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

.venv/.%-$(KEY): $(VENV)
	$(PIP) install --require-hashes --only-binary :all: -r $*
	$(PIP) install --no-deps --no-build-isolation --editable .
	$(PIP) check
	@touch $@

$(VENV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Ostrakon needs Python 3.11 or later, and' \
	    '$(PYTHON) is not: name another, as in make PYTHON=python3.12 run, or make clean if .venv is broken'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	    { echo '$(PYTHON) has no venv: on Debian, apt-get install python3-venv'; exit 1; }
	$(PYTHON) -m venv --clear .venv
	@touch $@
