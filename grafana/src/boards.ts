/** All boards; each is rendered to `grafana/dashboards/<uid>.json`. */
import { clients } from "./clients.ts";
import { health } from "./health.ts";
import { overview } from "./overview.ts";
import { probe } from "./probe.ts";
import { session } from "./session.ts";
import { tool } from "./tool.ts";

export const boards = () => [overview(), tool(), session(), probe(), clients(), health()];
