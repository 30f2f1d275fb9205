/** How the bench runs the pattern that articles print. */
export const TUTORIAL = {
  title: "the tutorial pattern",
  preload: "./dev/bench/servers/tutorial-instrumentation.ts",
  program: "./dev/bench/servers/tutorial.ts",
};
