# The commands a newcomer needs. Every one works from a fresh clone and says what it is doing.
PORT ?= 5000
PYTHON ?= python3
BIN := .venv/bin
LOCK := --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet

.PHONY: demo test setup setup-test lint bench bench-analysis sweep trials translations strings lock clean

demo: setup translations
	@echo "» preparing the demonstration (instance/demo)"
	@$(BIN)/python -m consult.demo --port $(PORT)

setup: .venv/.runtime

.venv/.made:
	@echo "» making a virtual environment in .venv"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-installer.lock
	@touch $@

.venv/.runtime: .venv/.made requirements.lock requirements-nodeps.lock pyproject.toml
	@echo "» installing the locked dependencies"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements-nodeps.lock
	@echo "» installing Mashura itself"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@$(BIN)/python .ci/compile
	@touch $@

.venv/.test: .venv/.runtime requirements-dev.lock
	@echo "» installing the test and lint tools"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

setup-test: .venv/.test
	@.ci/provide-browser
	@.ci/provide-postgres

test: setup-test translations
	@echo "» running the tests"
	@$(BIN)/python -m pytest -n 2

lint: .venv/.test translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint consult --lint --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.test
	@$(BIN)/python -m tests.bench

# BASELINES: the Python of an environment with NMF, BERTopic and red-dwarf (docs/analysis.md), if there is one.
bench-analysis: .venv/.test
	@$(BIN)/python -m tests.bench.analysis $(DATA) --baselines "$(BASELINES)"

# What is promised for answers, on a real server: kills, power cuts, many browsers with one code. Takes half an hour.
trials: setup-test translations
	@$(BIN)/python -m tests.trials $(NAME)

# Everything that the tests sample, whole; and the property tests look for new examples.
sweep: setup-test translations
	@HYPOTHESIS_PROFILE=searching $(BIN)/python -m pytest -n 2 -m "sweep or property"

translations: .venv/.runtime
	@$(BIN)/python translations/compile.py

# For whoever adds or changes words: brings the catalogues up to the source, then says what is missing.
strings: .venv/.runtime
	@$(BIN)/python translations/extract.py

# Only for whoever changes a dependency: needs the network.
lock: .venv/.made
	$(BIN)/uv pip compile requirements-installer.in $(LOCK) -o requirements-installer.lock
	$(BIN)/uv pip compile pyproject.toml --extra arabic $(LOCK) -o requirements.lock
	$(BIN)/uv pip compile requirements-nodeps.in --no-deps $(LOCK) -o requirements-nodeps.lock
	$(BIN)/uv pip compile pyproject.toml --extra arabic --extra test --extra lint $(LOCK) -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv build dist .pytest_cache .hypothesis .mypy_cache .ruff_cache
