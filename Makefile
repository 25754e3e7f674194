# One verb for each thing people do here; `make` lists them.
PORT ?= 8000
DATA ?= var
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .boot/bin/uv)
BIN := .venv/bin
WEB_SOURCES := $(shell find web/src web/styles web/public -type f 2>/dev/null) \
	web/vite.config.ts web/delivery.ts web/icons.ts web/mark.ts web/tsconfig.json web/package.json

.PHONY: help run test sure fix bench faults security audit screenshots protocol migration demo clean
.DEFAULT_GOAL := help

help: ## List these verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: .venv/.run web/dist/.built ## Bring up the whole house with a demo clinic (PORT=8000)
	@exec $(BIN)/mooring up --port $(PORT) --data-dir $(DATA)

test: .venv/.dev web/dist/.built ## Everything CI asks (ALLOW_MISSING=chromium,coturn,... forgives)
	@exec $(BIN)/python -m dev.everything

sure: fix test ## Put the code in order, then test everything

fix: .venv/.dev ## Put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.dev web/dist/.built ## Measure against the reference pages and relay (docs/benchmarks.md)
	@exec $(BIN)/python -m tests.bench

faults: .venv/.dev web/dist/.built ## The long grids: faults, accessibility, every size
	@exec $(BIN)/python -m dev.everything --long

security: .venv/.dev web/dist/.built ## Run what proves the security checks and print their table
	@exec $(BIN)/python -m dev.security

audit: .venv/.dev web/node_modules/.installed ## Ask the registries for known holes (needs the network)
	@UV=$(abspath $(UV)) $(BIN)/python -m dev.audit

screenshots: .venv/.dev web/dist/.built ## Photograph every page into var/screenshots/
	@exec $(BIN)/python -m tests.screenshots

protocol: .venv/.dev ## Print signaling/protocol.py as TypeScript
	$(BIN)/python -m signaling.typescript > web/src/call/protocol.ts

migration: .venv/.dev ## Write the next step of the tables: make migration m="Say what changes"
	$(BIN)/mooring database step "$(m)"

demo: .venv/.run ## Open a visit in the running house and print both ways in
	@$(BIN)/mooring --data-dir $(DATA) visit

clean: ## Remove everything that was built, installed or kept here
	rm -rf .venv .boot web/node_modules web/dist $(DATA) build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Set-up, by stamps: a second run does nothing.

.boot/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed (PYTHON=/path/to/python3 names one)."; exit 1; }
	@$(PYTHON) -m venv .boot || \
		{ echo "Python's venv is missing; on Debian: apt install python3-venv"; exit 1; }
	.boot/bin/pip install --quiet --disable-pip-version-check uv

.venv/.run: requirements.txt pyproject.toml | $(UV)
	$(UV) venv --quiet --no-python-downloads --python $(PYTHON) --allow-existing .venv
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run | $(UV)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@

web/node_modules/.installed: web/package-lock.json .venv/.run
	UV=$(abspath $(UV)) dev/npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/.built: web/node_modules/.installed $(WEB_SOURCES)
	UV=$(abspath $(UV)) dev/npm run --silent build
	@touch $@
