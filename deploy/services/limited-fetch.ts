/** A `fetch` for servers that are not trusted: an endless answer cannot fill the memory of the process that asks. */
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";

/** Of all answers together, because a server can send many instead of a long one. */
const MAX_BYTES = 2 * 1024 * 1024;
/** A server can cause requests: by pages of a list, and by requests of its own, each of which the client answers. */
const MAX_REQUESTS = 100;

/** @param send throws no error for an answer that is too large: reading the body of the returned response does */
export function limitedFetch(send: FetchLike): FetchLike {
  let requests = 0;
  let bytes = 0;
  return async (input, init) => {
    requests += 1;
    if (requests > MAX_REQUESTS) throw new Error(`the session needs more than ${MAX_REQUESTS} requests`);
    const response = await send(input, init);
    if (response.body === null) return response;
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes <= MAX_BYTES) controller.enqueue(chunk);
        else controller.error(new Error(`the server sent more than ${MAX_BYTES} bytes`));
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counter), { status, statusText, headers });
  };
}
