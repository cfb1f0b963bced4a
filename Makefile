# Everything sets itself up: `make solutions` and `make test` need Python 3.11+ and nothing else.
PYTHON ?= python3
V := .venv
PY := $(V)/bin/python
PROBLEMS := $(wildcard solutions/*/problem.toml)
SHEETS := $(PROBLEMS:problem.toml=solution.tex)
SOURCES := $(shell find derive -name '*.py' -o -name '*.toml' -o -path '*templates/*' -type f)
TEX := $(shell command -v latexmk || command -v pdflatex || command -v tectonic)

.DEFAULT_GOAL := help
.PHONY: help solutions test test-full witness lint bench picture repl clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

solutions: $(SHEETS) ## derive, check and typeset every sheet under solutions/ (and its PDF, where a TeX is found)
ifeq ($(TEX),)
	@echo "no TeX found: the .tex is made, for the PDF install latexmk with texlive-latex-extra (or tectonic)"
else
solutions: $(PROBLEMS:problem.toml=solution.pdf)
endif

%/solution.tex: %/problem.toml $(SOURCES) | $(V)/run.stamp
	$(PY) -m derive sheet $< --output $@
	@touch $@

%.pdf: %.tex
	@cd $(dir $<) && case "$(notdir $(TEX))" in \
	  latexmk) latexmk -pdf -interaction=nonstopmode -halt-on-error -silent $(notdir $<) ;; \
	  pdflatex) pdflatex -interaction=batchmode -halt-on-error $(notdir $<) && pdflatex -interaction=batchmode -halt-on-error $(notdir $<) ;; \
	  *) $(TEX) $(notdir $<) ;; esac

test: $(V)/test.stamp ## the tests, at most 5 minutes
	$(PY) -m pytest -m "not slow" -n auto --dist worksteal

test-full: $(V)/test.stamp ## everything: more draws, TeX, slow witnesses
	DERIVE_FULL=1 $(PY) -m pytest -n auto --dist worksteal

lint: $(V)/lint.stamp ## ruff and mypy
	$(V)/bin/ruff check derive tests
	$(V)/bin/mypy

witness: $(V)/test.stamp $(V)/witness.stamp ## real torch modules' gradients beside the fields
	$(PY) -m pytest tests/witness

bench: $(V)/test.stamp $(V)/bench.stamp $(V)/peers.stamp ## speed, as ratios measured in one run; recurrences beside other systems
	$(PY) tests/bench/bench.py
	$(PY) tests/bench/recurrences.py
	$(PY) tests/bench/networks.py
	$(PY) tests/bench/proofreading.py
	$(PY) tests/bench/grading.py

FIELDS := solutions/receptive-fields
picture: solutions/ps09/solution.pdf $(V)/bench.stamp ## the READMEs' pictures: a page of the key, a stack, fields over depth
	pdftoppm -png -r 75 -gray -f 2 -l 2 -singlefile $< solutions/ps09/page
	$(PY) -m derive draw "3p1 3/2p1 3d2p2" --width 16 --at 3 --output $(FIELDS)/stack.svg
	$(PY) -m derive plot "VGG-16=vgg_16" "ResNet-50=resnet50" "WaveNet=wavenet" "kernel 3=[3]*40" \
	  "kernel 3, stride 2=[3/2]*12" --output $(FIELDS)/growth.png

repl: $(V)/repl.stamp ## a prompt with everything imported
	$(PY) -m derive

clean: ## what was made, the virtual environment included
	rm -rf $(V) .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
	find derive tests solutions -name __pycache__ -type d -prune -exec rm -rf {} +
	find solutions -name 'solution.*' ! -name solution.tex -delete

# One virtual environment; a stamp for each set of packages that pyproject.toml names.
$(V)/run.stamp: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "derive needs Python 3.11 or later; try: make PYTHON=python3.11")'
	@test -x $(PY) || $(PYTHON) -m venv $(V) || { echo "could not make .venv: install python3-venv"; exit 1; }
	$(PY) -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(V)/%.stamp: pyproject.toml | $(V)/run.stamp
	$(PY) -m pip install --quiet --disable-pip-version-check -e '.[$*]'
	@touch $@
