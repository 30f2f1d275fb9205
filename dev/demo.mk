# Targets of the demo.
.PHONY: traffic pictures

traffic: $(NODE_MODULES) ## cause a fault for a while: FAULT=errors SECONDS=180; an unknown FAULT lists them all
	@node dev/traffic/main.ts

pictures: $(NODE_MODULES) ## take docs/inspector-*.png again (needs Chromium)
	@node dev/screenshots/inspector.ts
