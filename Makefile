# Everything a person or CI does here. `make` alone lists it.
export PATH := $(CURDIR)/.tools/node/bin:$(PATH)
NODE_MODULES := node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help init init-test doctor up down smoke drill drills mutants runbook-links traffic logs dev test bench lint check programs format dashboards docs capture screenshots pictures clean node recipes soak chaos

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-13s %s\n", $$1, $$2 }'

init: $(NODE_MODULES) ## make this copy your own: NAME=my-server, DEMO=drop without agent and catalog, DRY=1 only shows
	@node dev/init/main.ts

init-test: $(NODE_MODULES) ## prove it: copy, init, check, up, smoke, with the demo and without
	@node dev/init/end-to-end.ts

up: $(NODE_MODULES) ## start the whole stack (containers, or natively where there is no Docker)
	@node deploy/stack/main.ts up

down: $(NODE_MODULES) ## end it; what it stored stays
	@node deploy/stack/main.ts down

smoke: $(NODE_MODULES) ## prove that every signal of a run arrives, linked, and that an alert fires and resolves
	@node dev/smoke/main.ts

doctor: $(NODE_MODULES) ## what is wrong with this machine or stack, and what to do
	@node dev/doctor/main.ts

drill: $(NODE_MODULES) ## make one alert fire and resolve on the running stack: ALERT=MCPServerDown (several: with commas)
	@$(if $(ALERT),,$(error ALERT=…: which one; make drills runs them all))node dev/drill/main.ts

drills: $(NODE_MODULES) ## make every alert fire and resolve; prints how long each took
	@ALERT= node dev/drill/main.ts

mutants: $(NODE_MODULES) ## change every rule in every way that matters; each change must fail a test
	@node dev/mutants/main.ts

recipes: $(NODE_MODULES) ## follow every recipe and run every sh block of every document, with make check and a stack: ONLY=add-a-tool
	@node dev/recipes/main.ts $(ONLY)

runbook-links: $(NODE_MODULES) ## write RUNBOOKS_URL of .env into every rule and test
	@node dev/runbook-links/main.ts

traffic: $(NODE_MODULES) ## turn a fault up for a while: FAULT=errors SECONDS=180; a wrong FAULT lists them
	@node dev/traffic/main.ts

logs: $(NODE_MODULES) ## follow the logs of what is up
	@node deploy/stack/main.ts logs

dev: $(NODE_MODULES) ## the server on this machine, with reload, pretty logs and the inspector
	@node dev/watch/main.ts

test: $(NODE_MODULES) ## everything that needs no running stack
	@npm test --silent

bench: $(NODE_MODULES) ## what the telemetry costs, against the bare SDK: CHECK=1 holds the limits, QUICK=1 is a first look
	@node dev/bench/main.ts $(if $(CHECK),--check) $(if $(QUICK),--quick)

soak: $(NODE_MODULES) ## sessions that vanish, abort and reconnect, for MINUTES=3; fails when the server holds more than at its start
	@node dev/soak/main.ts

chaos: $(NODE_MODULES) ## hostile callers and failing back ends for MINUTES=3: honest callers must not notice (SEED=… repeats a run)
	@node dev/chaos/main.ts

lint: $(NODE_MODULES) ## format, lint, and which way imports point
	@npm run --silent lint

check: $(NODE_MODULES) ## lint, types, rendered files, tests, configuration of the stack
	@$(MAKE) --no-print-directory lint
	@npm run --silent types
	@node grafana/src/render.ts --check
	@node dev/docs/main.ts --check
	@$(MAKE) --no-print-directory test
	@node dev/check/compose.ts

programs: $(NODE_MODULES) ## on Debian as root: install the distribution's Prometheus, Alertmanager and Chromium
	@node dev/programs/main.ts

format: $(NODE_MODULES) ## format and fix what can be fixed
	@npm run --silent format

dashboards: $(NODE_MODULES) ## render grafana/src to grafana/dashboards
	@node grafana/src/render.ts

docs: $(NODE_MODULES) ## write the tables of the documents that are made from the code
	@node dev/docs/main.ts

capture: $(NODE_MODULES) ## write down every name that the running stack exports, for the agreement tests
	@node dev/capture/main.ts

screenshots: $(NODE_MODULES) ## a picture of every board, dark and light; fails on a panel without data (Grafana, Chromium)
	@node dev/screenshots/main.ts

# demo:
pictures: $(NODE_MODULES) ## take docs/inspector-*.png again, and a narrow one into .run (Chromium)
	@node dev/screenshots/inspector.ts
# :demo

clean: down ## end the stack and forget what it stored natively
	@rm -rf .run

node:
	@sh dev/node/ensure-node.sh

$(NODE_MODULES): package.json package-lock.json | node
	@npm ci --loglevel=error
