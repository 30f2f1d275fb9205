# Targets that only the template needs: to make a project of it, and to test its documents.
.PHONY: init init-test recipes

init: $(NODE_MODULES) ## rename this copy: NAME=my-server; DEMO=drop and TEMPLATE=drop remove parts, DRY=1 only shows the changes
	@node dev/init/main.ts

init-test: $(NODE_MODULES) ## run init, check, up and smoke in copies: everything kept, and everything dropped
	@node dev/init/end-to-end.ts

recipes: $(NODE_MODULES) ## follow every recipe and run every sh block of the documents; ONLY=add-a-tool runs one
	@node dev/recipes/main.ts $(ONLY)
