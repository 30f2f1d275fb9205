/**
 * Below MCP: the steps `tcp` and `http` on one socket, so that each takes its own time only. Knows nothing of MCP;
 * every HTTP answer is good enough, because what its status means is for `initialize` to say. The request is a HEAD
 * of the root: a stateful MCP endpoint would have to refuse whatever is no session's.
 */
import { request } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { ProbeFailure } from "./failure.ts";

/** @param signal ends the connection, whatever state it is in */
export function openTcp(url: URL, signal: AbortSignal): Promise<Socket> {
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostOf(url), port, signal });
    // Stays, so that an error after the connection is no uncaught one.
    socket.on("error", reject).once("connect", () => resolve(socket));
  });
}

/** @param certified told when the certificate expires, a rejected certificate's too */
export async function speakHttp(
  socket: Socket,
  url: URL,
  certified: (expiresAt: Date) => void,
  signal: AbortSignal,
): Promise<void> {
  const stream = url.protocol === "https:" ? await secured(socket, url, certified) : socket;
  await new Promise<void>((resolve, reject) => {
    request({
      createConnection: () => stream,
      method: "HEAD",
      path: "/",
      headers: { host: url.host, connection: "close", "user-agent": "mcp-probe" },
      signal,
    })
      .once("response", (response) => {
        response.resume();
        resolve();
      })
      .on("error", reject)
      .end();
  });
}

/** The certificate is looked at before it is judged: an expired one has its date told too. */
function secured(socket: Socket, url: URL, certified: (expiresAt: Date) => void): Promise<Socket> {
  const host = hostOf(url);
  return new Promise((resolve, reject) => {
    const refuse = (why: unknown) => reject(new ProbeFailure("tls", String(why)));
    const secure = connectTls({
      socket,
      host,
      ...(isIP(host) === 0 && { servername: host }),
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: false,
    });
    secure
      .on("error", (error: NodeJS.ErrnoException) => refuse(error.code ?? error.message))
      .once("secureConnect", () => {
        const certificate = secure.getPeerX509Certificate();
        if (certificate !== undefined) certified(certificate.validToDate);
        if (secure.authorized) resolve(secure);
        else refuse(secure.authorizationError);
      });
  });
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");
