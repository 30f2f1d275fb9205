/** The part of Loki's HTTP API that is used here. */
import type { BackEnds } from "./back-ends.ts";

interface LokiStream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: string, line: string])[];
}

export async function lokiStreams(backEnds: BackEnds, query: string): Promise<readonly LokiStream[]> {
  const { data } = (await backEnds.json("loki", "/loki/api/v1/query_range", { query, since: "15m" })) as {
    data: { result: LokiStream[] };
  };
  return data.result;
}
