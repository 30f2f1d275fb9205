/**
 * Makes `console` write to stderr, from its import on: stdout carries the protocol over stdio, and JSON lines otherwise.
 * OpenTelemetry keeps the functions of `console` when it is loaded, so this must be imported before it.
 */
import { Console } from "node:console";

Object.assign(console, new Console(process.stderr));
