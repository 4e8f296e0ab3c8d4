# Every target sets up what it needs first. See README.md.
SHELL := /bin/bash
.DEFAULT_GOAL := help
NODE := node_modules/.bin/node
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help setup demo test unit scenarios netns e2e bench build verify generate coverage clean control-plane

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup:
	@hack/setup

demo: build ## the main job in network namespaces; KEEP=1 leaves it running, KUBE=real uses a real control plane
	@$(if $(filter real,$(KUBE)),hack/programs/build control-plane >/dev/null &&) hack/demo/run

test: verify unit scenarios netns ## all tests that need no cluster

verify: setup ## types, lint, imports, generated files
	@tsc -p . && biome ci --colors=off --log-level=warn . && depcruise --config .dependency-cruiser.mjs packages && $(NODE) hack/generate/crds.ts --check

unit: setup ## unit tests
	@mocha

scenarios: setup ## controller and speakers together, in one process, on fakes
	@mocha --no-config --forbid-only --timeout 10000 --spec 'test/scenarios/**/*.test.ts'

netns: build ## tests in network namespaces: sockets, nftables, the processes together
	@hack/sandboxed-tests 30000 'test/netns/**/*.test.ts'

control-plane: setup
	@hack/programs/build control-plane >/dev/null

e2e: build control-plane ## tests on a real control plane (built once, ten minutes); KUBERNETES=1.35 takes that release
	@hack/sandboxed-tests 120000 'test/e2e/**/*.test.ts'

bench: build control-plane ## measurements, as JSON lines; BENCH=name runs one
	@hack/sandbox node test/bench/main.ts $(BENCH)

build: setup ## bundles in dist/, run by bin/
	@$(NODE) hack/build/bundle.ts

generate: setup ## config/crd from the schemas
	@$(NODE) hack/generate/crds.ts

coverage: setup ## coverage of the unit tests
	@c8 --include 'packages/*/src/**' --exclude '**/testing/**' mocha

clean: ## remove what the targets made
	rm -rf node_modules dist coverage
