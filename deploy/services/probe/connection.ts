/**
 * The steps `tcp` and `http`. Both use one socket, so that the duration of `http` does not include connecting. Any HTTP
 * response passes, whatever its status: the step `initialize` judges that. The request is a HEAD of the root path,
 * because a stateful MCP endpoint rejects every request without a session.
 */
import { request } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { ProbeFailure } from "./failure.ts";

/** @param signal closes the connection in any state */
export function openTcp(url: URL, signal: AbortSignal): Promise<Socket> {
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostOf(url), port, signal });
    // The error listener stays after `connect`: a later error without a listener would end the process.
    socket.on("error", reject).once("connect", () => resolve(socket));
  });
}

/** @param onCertificate called with the expiry date of the certificate, also of one that is then rejected */
export async function speakHttp(
  socket: Socket,
  url: URL,
  onCertificate: (expiresAt: Date) => void,
  signal: AbortSignal,
): Promise<void> {
  const stream = url.protocol === "https:" ? await startTls(socket, url, onCertificate) : socket;
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

/** Reads the certificate before verifying it, so that the date of an expired one is reported too. */
function startTls(socket: Socket, url: URL, onCertificate: (expiresAt: Date) => void): Promise<Socket> {
  const host = hostOf(url);
  return new Promise((resolve, reject) => {
    const fail = (reason: unknown) => reject(new ProbeFailure("tls", String(reason)));
    const secure = connectTls({
      socket,
      host,
      ...(isIP(host) === 0 && { servername: host }),
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: false,
    });
    secure
      .on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.message))
      .once("secureConnect", () => {
        const certificate = secure.getPeerX509Certificate();
        if (certificate !== undefined) onCertificate(certificate.validToDate);
        if (secure.authorized) resolve(secure);
        else fail(secure.authorizationError);
      });
  });
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");
