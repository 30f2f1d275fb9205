/** Every board there is; each is rendered to `grafana/dashboards/<uid>.json`. */
import { overview } from "./overview.ts";

export const boards = () => [overview()];
