# Every target calls run.py, which needs nothing but Python 3.11 and works without make too.
PYTHON ?= python3
VERBS := demo test check bench deep fix dev

.DEFAULT_GOAL := help
.PHONY: help $(VERBS)

help:
	@$(PYTHON) run.py help

$(VERBS):
	@$(PYTHON) run.py $@ $(ARGS)
