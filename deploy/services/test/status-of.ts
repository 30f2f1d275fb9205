/** Sends a request with a path that `fetch` would change or refuse. */
import { request } from "node:http";

/** @param path as it is sent @returns the status of the answer */
export const statusOf = (server: URL, method: string, path: string, body: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = server;
    // A connection that the server may keep: it would close any other before it has read the whole body.
    request({ hostname, port, method, path, agent: false, headers: { connection: "keep-alive" } })
      .once("response", (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on("error", reject)
      .end(body);
  });
