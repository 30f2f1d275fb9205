/** Grafana has every board, and each of its data sources answers. */
import { BOARDS } from "../../grafana/src/board-names.ts";
import type { BackEnds, Component } from "../lib/back-ends.ts";
import { eventually } from "../lib/poll.ts";
import type { Finding } from "../lib/report.ts";
import { finding, notVerified } from "../lib/report.ts";

const UIDS = ["prometheus", "loki", "tempo"] as const;
/** Alertmanager's data source has no back end in Grafana that checks it, so it is asked as the browser asks it. */
const ALERTMANAGER = "/api/datasources/proxy/uid/alertmanager/api/v2/status";
const READY_MS = 60_000;

export const grafana = (backEnds: BackEnds): Promise<Finding[]> =>
  Promise.all([
    ...UIDS.map((uid) => dataSource(backEnds, uid, `/api/datasources/uid/${uid}/health`, isOk)),
    dataSource(backEnds, "alertmanager", ALERTMANAGER, (answer) => {
      const { versionInfo } = answer as { versionInfo: { version: string } };
      return `Alertmanager ${versionInfo.version}`;
    }),
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

/** @param detail of the answer; throws where it is bad */
async function dataSource(
  backEnds: BackEnds,
  uid: Component,
  path: string,
  detail: (answer: unknown) => string,
): Promise<Finding> {
  const signal = `data source ${uid}`;
  if (!backEnds.has(uid)) return notVerified(signal, path, `there is no ${uid}`);
  return finding(signal, path, () => eventually(READY_MS, async () => detail(await backEnds.json("grafana", path))));
}

function isOk(answer: unknown): string {
  const { status, message } = answer as { status: string; message: string };
  if (status !== "OK") throw new Error(message);
  return message;
}
