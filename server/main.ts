/** The server: its tools, resources and prompts, served. */
import { demoResources, demoTools } from "./demo/index.ts"; // demo
import { prompts } from "./prompts/index.ts";
import { resources } from "./resources/index.ts";
import { serve } from "./serve.ts";
import { toolsFor } from "./tools/index.ts";

await serve((dependencies) => ({
  tools: [
    ...toolsFor(dependencies),
    ...demoTools(dependencies), // demo
  ],
  resources: [
    ...resources,
    ...demoResources(dependencies), // demo
  ],
  prompts,
}));
