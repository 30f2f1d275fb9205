/** Grafana has every board, and each of its data sources answers. */
import { BOARDS } from "../../grafana/src/board-names.ts";
import type { BackEnds } from "../lib/back-ends.ts";
import { eventually } from "../lib/poll.ts";
import type { Finding } from "../lib/report.ts";
import { finding } from "../lib/report.ts";

const UIDS = ["prometheus", "loki", "tempo", "alertmanager"];
const READY_MS = 60_000;

export const grafana = (backEnds: BackEnds): Promise<Finding[]> =>
  Promise.all([
    ...UIDS.map((uid) =>
      finding(`data source ${uid}`, `/api/datasources/uid/${uid}/health`, () =>
        eventually(READY_MS, async () => {
          const { status, message } = (await backEnds.json("grafana", `/api/datasources/uid/${uid}/health`)) as {
            status: string;
            message: string;
          };
          if (status !== "OK") throw new Error(message);
          return message;
        }),
      ),
    ),
    ...Object.values(BOARDS).map(({ uid }) =>
      finding(`board ${uid}`, `/api/dashboards/uid/${uid}`, () =>
        eventually(READY_MS, async () => {
          const { dashboard } = (await backEnds.json("grafana", `/api/dashboards/uid/${uid}`)) as {
            dashboard: { title: string };
          };
          return dashboard.title;
        }),
      ),
    ),
  ]);
