/** Makes a service fail where nobody catches it, at `SIGUSR2`. */
process.on("SIGUSR2", () => {
  throw new Error("thrown by nobody's code");
});
