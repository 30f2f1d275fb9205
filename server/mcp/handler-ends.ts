/**
 * Tells when handlers end. No SDK tells of a handler whose request was cancelled: it goes on, and its result is not sent.
 * Neither SDK has a public way to do this; see docs/vendor-seams.md.
 */

type Handler<Context> = (request: unknown, context: Context) => unknown;

/**
 * Call after every handler is registered.
 *
 * @param server the low-level server of either SDK
 * @param called gets what the SDK gives to the handler, and a promise that settles when the handler has ended
 */
export function watchHandlers<Context>(
  server: object,
  called: (context: Context, end: Promise<unknown>) => void,
): void {
  const { _requestHandlers: handlers } = server as { _requestHandlers: Map<string, Handler<Context>> };
  for (const [method, handler] of handlers) {
    handlers.set(method, (request, context) => {
      const end = (async () => handler(request, context))();
      called(context, end);
      return end;
    });
  }
}
