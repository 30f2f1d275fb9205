# Targets that only the template needs: to become a project, and to prove that its documents hold.
.PHONY: init init-test recipes

init: $(NODE_MODULES) ## make this copy your own: NAME=my-server DEMO=drop TEMPLATE=drop; DRY=1 only shows
	@node dev/init/main.ts

init-test: $(NODE_MODULES) ## run init, check, up and smoke in copies: everything kept, and everything dropped
	@node dev/init/end-to-end.ts

recipes: $(NODE_MODULES) ## follow every recipe and run every sh block of every document, with make check and a stack: ONLY=add-a-tool
	@node dev/recipes/main.ts $(ONLY)
