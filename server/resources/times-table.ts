/** A resource with a template of URIs: the times table of a number. */
import type { Resource } from "../contracts/resource.ts";

const ROWS = 10;

export const timesTable: Resource = {
  name: "times_table",
  uri: "times-table://{number}",
  title: "Times table",
  description: "The times table of a number from 1 to 100.",
  mimeType: "text/plain",
  read({ number = "" }) {
    if (!/^([1-9]\d?|100)$/.test(number)) return undefined;
    const rows = Array.from({ length: ROWS }, (_, row) => `${row + 1} × ${number} = ${(row + 1) * Number(number)}`);
    return rows.join("\n");
  },
};
