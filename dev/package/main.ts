/** `make package`: leaves the telemetry as a `.tgz` that `npm install` takes, and prints its path. */
import { buildPackage } from "./build.ts";

process.stdout.write(`${buildPackage()}\n`);
