/** The list of resources. Add yours here. */
import type { Resource } from "../contracts/resource.ts";
import { timesTable } from "./times-table.ts";

export const resources: readonly Resource[] = [timesTable];
