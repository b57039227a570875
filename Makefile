# Every target can be run again at any time and is quick when there is nothing to do.

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
BUILD := .build
# Test files that run side by side; JOBS=0 runs them in one process, as a debugger needs.
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help venv serve test check format bench bench-quality lighthouse demo-loop accessibility firefox screenshots chromium clean

help: ## Show this help
	@echo "Helpshelf: a help center that a company runs itself."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "PORT=8001 chooses another port; KB_ settings (docs/settings.md) are passed through."

venv: $(BUILD)/.compiled ## Install what runs the product into .venv

serve: $(BUILD)/.compiled ## Install, publish and serve the demo on http://127.0.0.1:8000
	@$(BIN)/kb serve --host $(HOST) --port $(PORT)

test: $(VENV)/.installed-test $(BUILD)/.compiled chromium $(BUILD)/whoosh-reloaded/.installed ## Install what tests need and run all of them
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

check: $(VENV)/.installed-check ## Lint, types and import contracts
	@echo "ruff"; $(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@echo "mypy --strict kb"; $(BIN)/mypy --no-error-summary
	@echo "import contracts"; PYTHONPATH=. $(BIN)/lint-imports --no-cache > $(BUILD)/imports.log || (cat $(BUILD)/imports.log; exit 1)

format: $(VENV)/.installed-check ## Format the code
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format .

bench: $(VENV)/.installed-bench $(BUILD)/.compiled ## Measure speed (some minutes); prints medians and ratios
	@$(BIN)/python benchmarks/run.py $(ARGS)

bench-quality: $(VENV)/.installed-bench ## Measure how well search finds, on judged questions
	@$(BIN)/python benchmarks/quality.py $(ARGS)

lighthouse: $(VENV)/.installed-bench chromium ## Ask Lighthouse about customers' pages (needs npx; some minutes)
	@$(BIN)/python benchmarks/lighthouse.py $(ARGS)

demo-loop: $(VENV)/.installed-test chromium ## Play a month of failed searches up to the answer, and prove each step
	@$(BIN)/python tests/loop/demo.py $(ARGS)

accessibility: $(VENV)/.installed-test chromium ## Check every page in every width, colour scheme and state (some minutes)
	@HELPSHELF_AXE=all $(BIN)/python -m pytest -q tests/browser/test_accessibility.py $(ARGS)

firefox: $(VENV)/.installed-firefox ## Run the main journeys in Firefox, and install it where that can be done
	@$(BIN)/python -m pytest -q -rs -p no:xdist tests/browser/test_firefox.py $(ARGS)

screenshots: $(VENV)/.installed-test chromium ## Take pictures of every page into screenshots/
	@$(BIN)/python tests/browser/screenshots.py $(ARGS)

clean: ## Remove what was installed and published (articles and database stay)
	rm -rf $(VENV) $(BUILD) search_index/generations search_index/files search_index/CURRENT

# -- what the targets above need ------------------------------------------------

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed: install it, or name it: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing python3-venv"; apt-get -qq update && apt-get -qq install -y python3-venv >/dev/null && $(PYTHON) -m venv $(VENV); \
	  else echo "Python cannot make virtual environments: sudo apt-get install python3-venv"; exit 2; fi; }

$(VENV)/.installed: setup.cfg pyproject.toml requirements/whoosh.txt requirements/semantic.txt | $(VENV)/bin/python
	@echo "Installing Helpshelf (about half a minute the first time)"
	@$(PIP) --no-deps --require-hashes -r requirements/whoosh.txt -r requirements/semantic.txt
	@$(PIP) -e '.[semantic]'
	@touch $@

# Where Python must not keep what it compiles (PYTHONDONTWRITEBYTECODE, as in many containers),
# every start would compile the whole package again.
$(BUILD)/.compiled: $(VENV)/.installed app.py $(shell find kb -name '*.py')
	@echo "Compiling Helpshelf"
	@$(BIN)/python -m compileall -q app.py kb
	@mkdir -p $(BUILD) && touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@echo "Installing what tests need"
	@$(PIP) -e '.[semantic,test]'
	@touch $@

$(VENV)/.installed-bench: $(VENV)/.installed-test
	@echo "Installing the engines that benchmarks compare with"
	@$(PIP) -e '.[semantic,test,bench]'
	@touch $@

$(VENV)/.installed-firefox: $(VENV)/.installed-test
	@command -v firefox-esr >/dev/null || command -v firefox >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Firefox"; apt-get -qq update >/dev/null; \
	    apt-get -qq install -y --no-install-recommends firefox-esr >/dev/null 2>&1 || echo "Firefox could not be installed."; \
	  else echo "Firefox is not installed (sudo apt-get install firefox-esr): its journeys are skipped."; fi; }
	@$(PIP) -e '.[semantic,test,firefox]'
	@touch $@

$(VENV)/.installed-check: $(VENV)/.installed-test
	@echo "Installing what checks need"
	@$(PIP) -e '.[semantic,test,check]'
	@mkdir -p $(BUILD) && touch $@

$(BUILD)/whoosh-reloaded/.installed: requirements/whoosh-reloaded.txt | $(VENV)/.installed
	@mkdir -p $(BUILD)
	@$(PIP) --require-hashes --no-deps --upgrade --target $(BUILD)/whoosh-reloaded -r requirements/whoosh-reloaded.txt
	@$(PIP) --upgrade --target $(BUILD)/whoosh-reloaded cached-property
	@touch $@

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests"; \
	    apt-get -qq update >/dev/null && apt-get -qq install -y --no-install-recommends chromium fonts-liberation fonts-noto-color-emoji >/dev/null \
	      || echo "Chromium could not be installed; browser tests are skipped."; \
	  else echo "Chromium is not installed (sudo apt-get install chromium): browser tests are skipped."; fi; }
