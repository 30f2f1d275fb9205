/** Changes the text of modules that have an SDK while they are loaded, by `import` or by `require`. */
import { registerHooks } from "node:module";
import { withConstruction } from "./sdk-source.ts";

/** @returns stops it */
export function hookSources(): () => void {
  const hooks = registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const { source } = loaded;
      if (source === null || source === undefined || !url.startsWith("file:")) return loaded;
      const changed = withConstruction(
        typeof source === "string" ? source : Buffer.from(source as Uint8Array).toString(),
      );
      return changed === undefined ? loaded : { ...loaded, source: changed };
    },
  });
  return () => hooks.deregister();
}
