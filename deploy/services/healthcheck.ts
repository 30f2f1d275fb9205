/**
 * The image's HEALTHCHECK: exits 0 when the process of this container accepts work. The image has no curl, and the
 * reader of the configuration takes too long to load for what runs every few seconds.
 */
import { get } from "node:http";

const { METRICS_HOST = "127.0.0.1", METRICS_PORT = "9464", ALERT_RECEIVER_PORT } = process.env;
const address =
  ALERT_RECEIVER_PORT === undefined
    ? { host: METRICS_HOST, port: METRICS_PORT, path: "/readyz" }
    : { port: ALERT_RECEIVER_PORT, path: "/healthz" };

get(address, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on("error", ({ message }) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
});
