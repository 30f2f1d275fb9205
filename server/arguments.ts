/** The arguments of the program. Everything else is set by environment variables. */
import { parseArgs } from "node:util";
import { defaultOf, type Variable } from "mcp-telemetry/environment";
import { BootError } from "mcp-telemetry/listen";
import { ALL_VARIABLES } from "./config.ts";

interface Arguments {
  readonly stdio: boolean;
  readonly help: boolean;
}

/** @throws {BootError} that names an unknown argument */
export function readArguments(given: readonly string[]): Arguments {
  try {
    const options = { stdio: { type: "boolean", default: false }, help: { type: "boolean", default: false } } as const;
    return parseArgs({ args: [...given], options }).values;
  } catch (error) {
    throw new BootError(`${error instanceof Error ? error.message : error}: see --help`);
  }
}

const variableHelp = (variable: Variable): string =>
  `  ${variable.name} (${defaultOf(variable) ?? "not set"})\n      ${variable.help}\n`;

/** What `--help` prints. */
export const usage = (): string =>
  `usage: node --import ./server/telemetry/register.ts server/main.ts [--stdio] [--help]

  --stdio  serves MCP over stdin and stdout, in place of HTTP
  --help   prints this text

Environment variables, each with its default:

${Object.values(ALL_VARIABLES).map(variableHelp).join("")}`;
