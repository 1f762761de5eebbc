# Two commands do everything on a bare machine: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TEST_DATABASES ?= sqlite
PYTEST_ARGS ?=
DJANGO ?=
PORT ?= 8792
export DEMO_PORT ?= 8000

.PHONY: setup demo recorded-server test lint types bench contracts migrations-check clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[argon2,demo]' --group dev --group clients $(DJANGO)
	touch $@

# A second site signs people in at the first, as Google would; its output is in var/upstream.log.
demo: export UPSTREAM_PORT ?= 8001
demo: setup
	@mkdir -p var
	@$(BIN)/python -m example_project.upstream >var/upstream.log 2>&1 & upstream=$$!; \
		trap "kill $$upstream" EXIT; trap exit INT TERM; \
		$(BIN)/python -m example_project.demo

# The example host with the clients and users of the recorded IdentityServer.
recorded-server: setup
	$(BIN)/python -m tests.recorded_server $(PORT)

# Once for each database that TEST_DATABASES names; the servers are expected on 127.0.0.1.
test: setup
	@case " $(TEST_DATABASES) " in *" mariadb "*) $(BIN)/python -c 'import MySQLdb' 2>/dev/null \
		|| $(BIN)/python -m pip install --quiet --editable '.[mysql]';; esac
	$(BIN)/python -m tests.run $(TEST_DATABASES) -- $(PYTEST_ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

contracts: setup
	$(BIN)/python -m tests.contracts

bench: setup
	$(BIN)/python -m bench

migrations-check: setup
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run

clean:
	rm -rf $(VENV) var build dist *.egg-info
