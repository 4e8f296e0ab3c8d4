# Every target sets up what it needs first. See README.md.
SHELL := /bin/bash
.DEFAULT_GOAL := help
NODE := node_modules/.bin/node
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

.NOTPARALLEL:
.PHONY: help setup setup-build demo test unit scenarios netns layout image image-test e2e e2e-api e2e-nodes nodes cluster conformance endurance bench build verify generate coverage clean control-plane helm chart manifests

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup:
	@hack/setup

setup-build:
	@hack/setup --build

demo: setup build ## the main job in network namespaces; KEEP=1 leaves it running, KUBE=real uses a real control plane
	@$(if $(filter real,$(KUBE)),hack/programs/build control-plane >/dev/null &&) hack/demo/run

test: verify unit scenarios netns layout ## all tests that need no cluster

verify: setup ## types, lint, imports, generated files
	@tsc -p . && biome ci --colors=off --log-level=warn . && depcruise --config .dependency-cruiser.mjs packages && $(NODE) hack/generate/main.ts --check

unit: setup ## unit tests
	@mocha

scenarios: setup ## controller and speakers together, in one process, on fakes
	@mocha --no-config --forbid-only --timeout 10000 --spec 'test/scenarios/**/*.test.ts'

netns: setup build ## tests in network namespaces: sockets, nftables, the processes together
	@hack/sandboxed-tests 30000 'test/netns/**/*.test.ts'

layout: build ## tests of what goes into the image, in an empty folder
	@mocha --no-config --forbid-only --timeout 60000 --spec test/image/layout.test.ts

image: ## the image, as fairlead:VERSION, with docker or buildah
	@hack/image/build

image-test: setup ## tests of the image, built with docker or buildah, by buildah as root
	@hack/setup --image && mocha --no-config --forbid-only --timeout 60000 --spec test/image/image.test.ts

control-plane: setup
	@hack/programs/build control-plane >/dev/null

helm: setup
	@hack/programs/build helm >/dev/null

e2e: e2e-api e2e-nodes ## tests on a real control plane and on real kubelets (built once, 15 minutes); KUBERNETES=1.35 takes that release

e2e-api: build control-plane helm
	@hack/sandboxed-tests 120000 'test/e2e/**/*.test.ts'

nodes: setup
	@hack/setup --nodes && hack/programs/build control-plane nodes pause >/dev/null
	@mkdir -p dist && hack/image/build --archive dist/fairlead-image.tar

cluster: nodes ## a real cluster of three kubelets with Fairlead on it; KEEP=1 leaves it, PROXY= and FAMILIES= choose
	@hack/programs/build dns >/dev/null && hack/cluster/run node hack/cluster/cluster.ts

e2e-nodes: nodes helm
	@hack/cluster/tests

conformance: nodes ## Kubernetes' own end-to-end suite against Fairlead, about 75 minutes; QUICK=1 leaves out what takes long
	@hack/programs/build suite dns >/dev/null && hack/conformance/image dist/agnhost-image.tar
	@hack/cluster/run node hack/conformance/conformance.ts

endurance: nodes ## half an hour (MINUTES=) on real kubelets; ELEMENTS= in nftables transactions of somebody else each minute
	@hack/cluster/run node hack/cluster/endurance.ts

bench: build control-plane ## measurements, as JSON lines; BENCH=name runs one
	@hack/sandbox node test/bench/main.ts $(BENCH)

build: setup-build ## bundles in dist/, run by bin/
	@$(NODE) hack/build/bundle.ts

generate: setup ## config/crd from the schemas; what of the charts is said elsewhere
	@$(NODE) hack/generate/main.ts

chart: helm ## packages of both charts in dist/; IMAGE=NAME[:TAG][@DIGEST] is the image that they install
	@$(NODE) hack/release/main.ts charts dist $(IMAGE)

manifests: setup ## dist/fairlead.yaml, for kubectl apply; IMAGE likewise
	@$(NODE) hack/release/main.ts manifests dist $(IMAGE)

coverage: setup ## coverage of the unit tests
	@c8 --include 'packages/*/src/**' --exclude '**/testing/**' mocha

clean: ## remove what the targets made
	rm -rf node_modules dist coverage
