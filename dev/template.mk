# Targets that only the template needs: to make a project of it, and to test its documents.
.PHONY: init init-test recipes template-test

init: $(NODE_MODULES) ## rename this copy: NAME=my-server; DEMO=drop and TEMPLATE=drop remove parts, DRY=1 only shows the changes
	@node dev/init/main.ts

init-test: $(NODE_MODULES) ## run init, check, up and smoke in copies: everything kept, and everything dropped
	@node dev/init/end-to-end.ts

recipes: $(NODE_MODULES) ## follow every recipe and run every sh block of the documents; ONLY=add-a-tool runs one
	@node dev/recipes/main.ts $(ONLY)

template-test: $(NODE_MODULES) ## test init and the recipes in copies of this repository, without a stack
	@NODE_COMPILE_CACHE=$(CURDIR)/node_modules/.cache/compiled node --test --test-concurrency=3 \
		--test-timeout=$$((600000 * $${TEST_WAIT_FACTOR:-1})) --test-force-exit "dev/{init,recipes}/*.test.ts"
