/** The table of docs/scale.md: arithmetic on figures that are measured there. Put in what `make load` finds for your server. */

/** Of one call. */
const CALL = {
  /** CPU time of the server, in µs. */
  cpuUs: 267,
  /** Bytes of its span on Tempo's disk. */
  spanBytes: 214,
  /** Bytes of its log line with structured metadata, as Loki's limits count it, and compressed. */
  lineBytes: 510,
  compressedLineBytes: 60,
} as const;
/** Of one replica: its series, and the share of a core above which latencies grow. */
const REPLICA = { series: 429, share: 0.5 } as const;
const SAMPLE_BYTES = 1.8;
const SCRAPE_SECONDS = 15;

const RATES = [10, 100, 1000, 10_000, 100_000];
/** The highest with which the spans of a day take at most so many bytes is chosen. */
const RATIOS = [1, 0.1, 0.01, 0.001];
const SPAN_BYTES_A_DAY = 20e9;
/** Bytes of lines a day: up to the first, Loki's documents recommend one process; above the second, we chose its microservices. */
const LOKI_ALONE = 20e9;
const LOKI_REPLICAS = 1e12;
/** Loki's default for one stream, in bytes a second: `per_stream_rate_limit`. */
const LOKI_STREAM = 3 * 1024 ** 2;
const DAY = 86_400;

interface Scale {
  readonly rate: number;
  readonly replicas: number;
  readonly ratio: number;
  /** Bytes of lines a second, as Loki's limits count them. */
  readonly lines: number;
  /** Bytes a day. */
  readonly disks: readonly [traces: number, logs: number, metrics: number];
}

function scaleOf(rate: number): Scale {
  const busy = Math.ceil((rate * CALL.cpuUs) / 1e6 / REPLICA.share);
  const lines = rate * CALL.lineBytes;
  const replicas = lines * DAY > LOKI_ALONE ? Math.max(2, busy) : busy;
  const ratio = RATIOS.find((one) => rate * one * CALL.spanBytes * DAY <= SPAN_BYTES_A_DAY) ?? 0.001;
  const samples = (replicas * REPLICA.series) / SCRAPE_SECONDS;
  return {
    rate,
    replicas,
    ratio,
    lines,
    disks: [rate * ratio * CALL.spanBytes * DAY, rate * CALL.compressedLineBytes * DAY, samples * SAMPLE_BYTES * DAY],
  };
}

/** Two significant digits. */
function bytes(value: number): string {
  const [unit, factor] = value >= 1e9 ? (["GB", 1e9] as const) : (["MB", 1e6] as const);
  return `${Number((value / factor).toPrecision(2))} ${unit}`;
}

function stores({ lines }: Scale): string {
  if (lines * DAY <= LOKI_ALONE) return "`make up`";
  const limits = lines <= LOKI_STREAM ? "" : `, limits of Loki above ${bytes(lines)}/s`;
  return lines * DAY <= LOKI_REPLICAS
    ? `\`loki.yaml\`, \`tempo.yaml\`${limits}`
    : `Loki's microservices, \`tempo.yaml\`, \`remote-write.yaml\`${limits}`;
}

export function scaleTable(): string {
  const rows = RATES.map(scaleOf).map((scale) => {
    const { rate, replicas, ratio, disks } = scale;
    return `| ${rate.toLocaleString("en")} | ${replicas} | ${ratio} | ${disks.map(bytes).join(" | ")} | ${stores(scale)} |`;
  });
  return [
    "| calls a second | replicas | sampling | traces a day | logs a day | metrics a day | stores |",
    "|---:|---:|---:|---:|---:|---:|---|",
    ...rows,
  ].join("\n");
}
