/** Learns the names of tools and prompts from the messages of a server and its clients. */
import { LISTS, listedNames } from "../observe/listed.ts";
import type { Message, RequestId } from "../observe/mcp.ts";
import type { Names } from "../observe/tool-catalogue.ts";

/** Lists of one connection that are asked for and not answered. */
const MAX_ASKED = 1000;

/** @param emitted gets the names of one server */
export function namesInMessages(emitted: Names) {
  const listed = listedNames(emitted);
  return {
    toolsKnown: listed.toolsKnown,

    /** Reads the lists that pass in one connection, whose request ids are its own. */
    inConnection() {
      const asked = new Map<RequestId, string>();
      return {
        requested({ id, method = "" }: Message): void {
          if (LISTS.has(method) && id !== undefined && asked.size < MAX_ASKED) asked.set(id, method);
        },

        answered({ id, result }: Message): void {
          const method = id === undefined ? undefined : asked.get(id);
          if (id === undefined || method === undefined) return;
          asked.delete(id);
          listed.learnFrom(method, result);
        },
      };
    },
  };
}
