/** Sends a request with a path that `fetch` would change or refuse. */
import { request } from "node:http";

/** @param path as it is sent @returns the status of the answer */
export const statusOf = (server: URL, method: string, path: string, body: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = server;
    request({ hostname, port, method, path, agent: false })
      .once("response", (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      // A server may close the connection before it has read the whole body. The answer comes first.
      .on("error", reject)
      .end(body);
  });
