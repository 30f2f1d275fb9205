/** This project's server with more resources than have series of their own. */
import { serve } from "../serve.ts";

const resources = Array.from({ length: 102 }, (_, index) => ({
  name: `many-${index + 1}`,
  uri: `many://${index + 1}`,
  title: "One of many",
  description: "One of many.",
  mimeType: "text/plain",
  read: () => "one of many",
}));

await serve(() => ({ tools: [], resources }));
