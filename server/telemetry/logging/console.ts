import { Console } from "node:console";

/**
 * Makes `console` write to stderr: stdout carries the protocol over stdio, and JSON lines otherwise.
 *
 * @returns makes it write to stdout again
 */
export function consoleToStderr(): () => void {
  const before = { ...console };
  Object.assign(console, new Console(process.stderr));
  return () => void Object.assign(console, before);
}
