/** The seams of pino, sonic-boom, prom-client, fetch and V8. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino, { type Logger, type LoggerOptions } from "pino";
import { Counter, type Metric, type OpenMetricsContentType, Registry } from "prom-client";
import { seam } from "./seam.ts";

const MARK = Symbol("mark");

type Info = (fields: object, message: string) => void;
type InfoOf = (options: LoggerOptions, lines: string[]) => Info;

type LogHook = NonNullable<NonNullable<LoggerOptions["hooks"]>["logMethod"]>;

const infoOf: InfoOf = (options, lines) => {
  const logger = pino(options, { write: (line) => void lines.push(line) });
  return (fields, message) => logger.info(fields, message);
};

seam("A field whose key is a symbol reaches pino's hook `logMethod` and `mixin`, and is not written", {
  real: () => infoOf,
  changed: () => (options, lines) => {
    const info = infoOf(options, lines);
    return (fields, message) => info({ ...fields, [MARK]: undefined }, message);
  },
  check(loggerOf: InfoOf) {
    const seen: unknown[] = [];
    const lines: string[] = [];
    const logMethod: LogHook = function (args, write) {
      seen.push(Reflect.get(args[0] as unknown as object, MARK));
      write.apply(this, args);
    };
    const mixin = (fields: object) => {
      seen.push(Reflect.get(fields, MARK));
      return fields;
    };
    const info = loggerOf({ base: null, timestamp: false, mixin, hooks: { logMethod } }, lines);
    info({ [MARK]: true, a: 1 }, "marked");
    assert.deepEqual([seen, lines], [[true, true], ['{"level":30,"a":1,"msg":"marked"}\n']]);
  },
});

seam("Pino calls the stream's `write` once for each line, with the whole line", {
  real: () => (write: (line: string) => void) => pino({}, { write }),
  changed: () => (write) => pino({}, { write: (line) => line.split(/(?<=,)/).forEach(write) }),
  check(loggerOf: (write: (line: string) => void) => Logger) {
    const lines: string[] = [];
    const logger = loggerOf((line) => lines.push(line));
    logger.info({ text: "a\nb" }, "first");
    logger.error(new Error("second"));
    assert.equal(lines.length, 2);
    for (const line of lines) assert.match(line, /^\{[^\n]*\}\n$/);
  },
});

type DestinationOptions = Parameters<typeof pino.destination>[0] & object;

seam("With `contentMode: buffer`, sonic-boom takes Buffers, and emits `drop` for one above `maxLength`, then `drain`", {
  real: () => (options: DestinationOptions) => pino.destination({ ...options, contentMode: "buffer" } as object),
  changed: () => (options) => pino.destination(options),
  async check(destinationOf: (options: DestinationOptions) => ReturnType<typeof pino.destination>) {
    const file = join(mkdtempSync(join(tmpdir(), "seam-")), "log");
    const fd = openSync(file, "w");
    const destination = destinationOf({ fd, sync: false, minLength: 100, maxLength: 10, periodicFlush: 1 });
    let dropped = 0;
    destination.on("drop", () => {
      dropped += 1;
    });
    // No text has these bytes: a stream that makes text of them writes others.
    const bytes = Buffer.from([0xff, 0xfe]);
    const drained = once(destination, "drain");
    destination.write(bytes as unknown as string);
    destination.write(Buffer.alloc(20) as unknown as string);
    await drained;
    assert.deepEqual([dropped, readFileSync(file)], [1, bytes]);
    destination.end();
    await once(destination, "close");
  },
});

/** Has what prom-client's registry needs of a metric. Notes whatever else is read. */
function foreignMetric(unexpected: Set<string>) {
  const of = (labels: object, more: object) => ({ ...more, labels, sharedLabels: { tool: "add" } });
  const exemplar = { labelSet: { trace_id: "1" }, value: 0.5, timestamp: 2 };
  const values = [
    of({ le: 1 }, { metricName: "foreign_bucket", value: 3, exemplar }),
    of({}, { metricName: "foreign_count", value: 3 }),
  ];
  const metric = { name: "foreign", help: "help", type: "histogram", values };
  const calls: string[] = [];
  const target = {
    name: "foreign",
    type: "histogram",
    get: async () => metric,
    getForPromString: async () => metric,
    reset: () => void calls.push("reset"),
  };
  const proxy = new Proxy(target, {
    get(object, key) {
      if (!(key in object)) unexpected.add(String(key));
      return Reflect.get(object, key);
    },
  });
  return { metric: proxy as unknown as Metric, calls };
}

const newRegistry = () => {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
};

seam(
  "A prom-client registry writes `_total` after a counter in OpenMetrics, and takes it off the counter's name for good",
  {
    real: newRegistry,
    changed: () => new Registry<OpenMetricsContentType>() as ReturnType<typeof newRegistry>,
    async check(registry) {
      const counter = new Counter({ name: "calls_total", help: "help", registers: [registry] });
      assert.match(await registry.metrics(), /^calls_total 0$/m);
      assert.equal((await counter.get()).name, "calls");
    },
  },
);

seam("A prom-client registry takes a metric of another class, and asks it for `get`, `getForPromString` and `reset`", {
  real: newRegistry,
  changed: () =>
    Object.assign(newRegistry(), {
      registerMetric(metric: Metric) {
        assert.ok("collect" in metric);
      },
    }),
  async check(registry) {
    const unexpected = new Set<string>();
    const { metric, calls } = foreignMetric(unexpected);
    registry.registerMetric(metric);
    assert.equal(
      await registry.metrics(),
      [
        "# HELP foreign help",
        "# TYPE foreign histogram",
        'foreign_bucket{le="1",tool="add"} 3 # {trace_id="1"} 0.5 2',
        'foreign_count{tool="add"} 3',
        "# EOF\n",
      ].join("\n"),
    );
    assert.equal((await registry.getMetricsAsJSON()).length, 1);
    registry.resetMetrics();
    assert.deepEqual([[...unexpected], calls], [[], ["reset"]]);
  },
});

seam("`fetch` rejects with an error whose `cause` has the network's `code`, or is the parser's HTTPParserError", {
  real: () => fetch,
  changed: () => async () => Promise.reject(new TypeError("fetch failed")),
  async check(fetchOf: typeof fetch) {
    const server = createServer((socket) => socket.once("data", () => socket.end("nonsense\r\n\r\n")));
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const causeOf = async () => {
      const error: unknown = await fetchOf(url).catch((thrown: unknown) => thrown);
      return (error as Error).cause as NodeJS.ErrnoException;
    };
    assert.equal((await causeOf()).name, "HTTPParserError");
    server.close();
    await once(server, "close");
    assert.equal((await causeOf()).code, "ECONNREFUSED");
  },
});

seam("V8 throws a RangeError for some JSON that is nested too deep, and begins each frame of a stack with `at`", {
  real: () => ({ stringify: (value: unknown) => JSON.stringify(value), stack: new Error("seam").stack ?? "" }),
  changed: () => ({ stringify: () => "", stack: "seam" }),
  check({ stringify, stack }) {
    // V8 walks objects and arrays without recursion, but not those with keys that are numbers.
    let deep: object = {};
    for (let depth = 0; depth < 200_000; depth += 1) deep = { 0: deep };
    assert.throws(() => stringify(deep), RangeError);
    assert.match(stack, /^Error: seam\n(\s+at .+\n?)+$/);
  },
});
