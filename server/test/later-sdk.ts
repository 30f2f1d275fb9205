/** Starts an OpenTelemetry SDK of its own, as a program may do that knows nothing of the telemetry: import it after that. */
import { createRequire, syncBuiltinESMExports } from "node:module";
import { getNodeAutoInstrumentations } from "@opentelemetry/auto-instrumentations-node";
import { NodeSDK } from "@opentelemetry/sdk-node";

new NodeSDK({ instrumentations: [getNodeAutoInstrumentations()] }).start();
createRequire(import.meta.url)("http");
syncBuiltinESMExports();
