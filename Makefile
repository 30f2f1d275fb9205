# The commands of this repository. `make` alone lists them.
export PATH := $(CURDIR)/.tools/node/bin:$(PATH)
NODE_MODULES := node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help doctor up down uninstall stdio inspect smoke drill drills mutants runbook-links logs dev package observe test bench lint check workflows programs format dashboards kubernetes docs capture screenshots clean node soak foreign conformance chaos scale-test approve inspect-mcp load

-include dev/template.mk # template
-include dev/demo.mk # demo

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-13s %s\n", $$1, $$2 }'

up: $(NODE_MODULES) ## start the stack, in containers or, without Docker, as local processes
	@node deploy/stack/main.ts up

down: $(NODE_MODULES) ## stop the stack; its data stays
	@node deploy/stack/main.ts down

uninstall: ## stop the stack, and delete its data, containers, volumes, images, secrets, .tools and node_modules; .env.local stays
	@if [ -e $(NODE_MODULES) ]; then node deploy/stack/main.ts uninstall; else echo "nothing is installed: there is no node_modules"; fi

smoke: $(NODE_MODULES) ## test the running stack: every signal of a run arrives and is linked, and an alert fires and resolves; VERBOSE=1 prints each row
	@node dev/smoke/main.ts

doctor: $(NODE_MODULES) ## find out what is wrong with this machine or the stack, and what to do; PRODUCTION=1 checks what production needs, too
	@node dev/doctor/main.ts

drill: $(NODE_MODULES) ## make an alert fire and resolve on the running stack: ALERT=MCPServerDown; separate several by commas
	@$(if $(ALERT),,$(error set ALERT=<name>, for example ALERT=MCPServerDown; make drills runs them all))node dev/drill/main.ts

drills: $(NODE_MODULES) ## make every alert fire and resolve, and print how long each took
	@ALERT= node dev/drill/main.ts

approve: $(NODE_MODULES) ## write the tools and instructions of a target of the probe to the file of approved ones: TARGET=mcp-server
	@$(if $(TARGET),,$(error set TARGET=<name>, as in deploy/services/probe/targets.yml))node dev/approve/main.ts

mutants: $(NODE_MODULES) ## change every alert rule in many small ways; each change must fail a test
	@node dev/mutants/main.ts

runbook-links: $(NODE_MODULES) ## write RUNBOOKS_URL from .env into every rule, its test, the boards and the manifests
	@node dev/runbook-links/main.ts
	@node grafana/src/render.ts
	@node dev/kubernetes/main.ts

logs: $(NODE_MODULES) ## follow the logs of the stack
	@node deploy/stack/main.ts logs

dev: $(NODE_MODULES) ## run the server alone, with reload, readable logs and the inspector
	@node dev/watch/main.ts

stdio: $(NODE_MODULES) ## run the server over stdio, for a client that starts it: make --silent -C /path/to/checkout stdio
	@node --import ./server/telemetry/register.ts server/main.ts --stdio

inspect: $(NODE_MODULES) ## lead a browser on this machine to the inspector of the server in its container
	@node dev/inspect/main.ts

inspect-mcp: $(NODE_MODULES) ## serve the inspector of a running server to a coding agent, as MCP over stdio: URL=http://127.0.0.1:9464
	@node server/telemetry/inspect-command.ts $(URL)

package: $(NODE_MODULES) ## build the telemetry to plain JavaScript, as a .tgz that npm install takes, and print its path
	@node dev/package/main.ts

observe: $(NODE_MODULES) ## run a server that speaks MCP over stdio, and observe it: CMD='python server.py'
	@node server/telemetry/observe-command.ts -- $(if $(CMD),$(CMD),$(error set CMD, for example CMD='python server.py'))

test: $(NODE_MODULES) ## run all tests that need no stack
	@npm test --silent

bench: $(NODE_MODULES) ## measure what the telemetry costs: CHECK=1 fails above the limits, QUICK=1 is a first look; AGAINST=commit or PEERS=1 compare
	@node dev/bench/main.ts $(if $(CHECK),--check) $(if $(QUICK),--quick)

soak: $(NODE_MODULES) ## run sessions that vanish, abort and reconnect, for MINUTES=3; fails if the server leaks anything
	@node dev/soak/main.ts

foreign: $(NODE_MODULES) ## run clients of other SDKs against the server: Python, FastMCP, Inspector, TypeScript 2, Go, Rust, Java; ONLY=python-1
	@node dev/foreign/main.ts

conformance: $(NODE_MODULES) ## run the official conformance suite against a server and a client with this project's edge and telemetry
	@node dev/conformance/main.ts

chaos: $(NODE_MODULES) ## run hostile callers and failing back ends beside honest callers, for MINUTES=3; SEED=… repeats a run
	@node dev/chaos/main.ts

load: $(NODE_MODULES) ## call a server at a fixed rate, and report latencies, failures, CPU and disks: RATE=50 SESSIONS=20 MINUTES=1
	@node dev/load/main.ts

scale-test: $(NODE_MODULES) ## start three replicas behind HAProxy, restart and kill parts of them under load, and see the alert; STORES=1 does that to Loki and Tempo on an object store
	@node dev/scale-test/$(if $(STORES),stores,main).ts

lint: $(NODE_MODULES) ## check format, lint rules and import directions
	@npm run --silent lint

check: $(NODE_MODULES) ## lint, types, generated files, tests, configuration of the stack and of Kubernetes
	@$(MAKE) --no-print-directory lint
	@npm run --silent types
	@node grafana/src/render.ts --check
	@node dev/docs/main.ts --check
	@node dev/kubernetes/main.ts --check
	@$(MAKE) --no-print-directory test
	@node dev/check/compose.ts
	@node dev/check/kubernetes.ts
	@$(MAKE) --no-print-directory workflows

workflows: $(NODE_MODULES) ## check the workflows with actionlint and zizmor, if they are installed
	@node dev/check/workflows.ts

programs: $(NODE_MODULES) ## install Prometheus, Alertmanager, HAProxy and Chromium from Debian's packages (Debian, as root), and what checks workflows and manifests
	@node dev/programs/main.ts

format: $(NODE_MODULES) ## format and fix what can be fixed
	@npm run --silent format

dashboards: $(NODE_MODULES) ## render the boards: grafana/src to grafana/dashboards
	@node grafana/src/render.ts

kubernetes: $(NODE_MODULES) ## write the rules, boards and settings in deploy/kubernetes that are generated from the rest
	@node dev/kubernetes/main.ts

docs: $(NODE_MODULES) ## write the tables in docs/ that are generated from the code
	@node dev/docs/main.ts

capture: $(NODE_MODULES) ## record every name that the running stack exports, for the tests of boards and rules
	@node dev/capture/main.ts

screenshots: $(NODE_MODULES) ## save a picture of every board; fails if a panel has no data (needs Grafana and Chromium)
	@node dev/screenshots/main.ts

clean: down ## stop the stack, and delete the data of its local processes
	@rm -rf .run

node:
	@sh dev/node/ensure-node.sh >&2

$(NODE_MODULES): package.json server/telemetry/package.json package-lock.json | node
	@sh dev/node/with-dots.sh "installing npm packages" npm ci --loglevel=error >&2
