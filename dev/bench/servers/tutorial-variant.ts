/** How the bench runs the pattern that articles print. */
export const TUTORIAL = {
  what: "the articles' pattern",
  preload: "./dev/bench/servers/tutorial-instrumentation.ts",
  program: "./dev/bench/servers/tutorial.ts",
};
