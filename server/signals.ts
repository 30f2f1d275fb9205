/** The signals that end a process: from a supervisor, Ctrl-C, Ctrl-\, and a terminal that was closed. */
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const;
/** npm and `node --watch` forward a Ctrl-C that the terminal has sent to the process too. Both are one signal. */
const FORWARDED_MS = 500;

/**
 * Calls `end` once, at the first of the signals. From 500 ms after it the signals have their default effect again: the
 * operating system ends the process at once.
 */
export function onEndSignal(end: (signal: NodeJS.Signals) => void): void {
  let ending = false;
  const received = (signal: NodeJS.Signals) => {
    if (ending) return;
    ending = true;
    setTimeout(() => {
      for (const name of SIGNALS) process.off(name, received);
    }, FORWARDED_MS).unref();
    end(signal);
  };
  for (const name of SIGNALS) process.on(name, received);
}
