/** The server: its tools, served. */
import { demoTools } from "./demo/index.ts"; // demo
import { serve } from "./serve.ts";
import { toolsFor } from "./tools/index.ts";

await serve((dependencies) => [
  ...toolsFor(dependencies),
  ...demoTools(dependencies), // demo
]);
