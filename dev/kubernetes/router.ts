/** The configuration of HAProxy in front of the replicas. */
import { parse } from "yaml";
import { manifestsIn, NAMESPACE, read } from "./names.ts";

/** The autoscaler's limit: the router has a line for each replica that there can be. */
function mostReplicas(): number {
  const { spec } = parse(read("overlays/production/autoscaling.yaml")) as { spec: { maxReplicaCount: number } };
  return spec.maxReplicaCount;
}

export function routerFile(): string {
  const server = manifestsIn(read("base/server.yaml")).find(({ kind }) => kind === "StatefulSet");
  if (server === undefined) throw new Error("deploy/kubernetes/base/server.yaml has no StatefulSet");
  const { name } = server.metadata;
  const domain = `${(server.spec as { serviceName: string }).serviceName}.${NAMESPACE}.svc.cluster.local`;
  const replicas = Array.from({ length: mostReplicas() }, (_, number) => `${name}-${number}`);
  return FILE.split("\n")
    .flatMap((line) =>
      line.includes("REPLICA") ? replicas.map((replica) => line.replaceAll("REPLICA", replica)) : [line],
    )
    .join("\n")
    .replaceAll("DOMAIN", domain);
}

const FILE = `# Rendered by \`make kubernetes\`: do not edit. A session id names its replica: <replica>.<uuid>. A request with such an id goes
# to that replica, every other request to any. A replica that does not exist has no address, and is down.

global
    # Not as many as the system allows: containers often allow a billion, and each takes memory.
    fd-hard-limit 50000
    log stderr format raw local0 notice
    # Ends the open event streams of a router that is replaced.
    hard-stop-after 30s

resolvers dns
    parse-resolv-conf
    accepted_payload_size 8192
    hold valid 1s

defaults
    mode http
    log global
    timeout connect 2s
    # As MCP_REQUEST_TIMEOUT_MS. Shorter than MCP_KEEP_ALIVE_MS, so that the server is not the first to close a connection.
    timeout http-request 60s
    timeout http-keep-alive 60s
    # Of silence. An event stream has a comment every 15 s; a call may take as long as its tool.
    timeout client 5m
    timeout server 5m
    # An event leaves as soon as it comes.
    option http-no-delay
    # A replica that refuses the connection has not seen the request: another one gets it.
    retries 3
    option redispatch 1
    default-server resolvers dns init-addr none

frontend mcp
    bind :3001
    default_backend replicas

frontend operator
    bind :8405
    monitor-uri /readyz
    monitor fail if { nbsrv(replicas) lt 1 }
    http-request use-service prometheus-exporter if { path /metrics }
    http-request return status 404

backend replicas
    balance leastconn
    # The server answers 503 only to what it has not begun. A request without a session may go to another replica then.
    retry-on conn-failure 503
    http-request disable-l7-retry if { req.hdr(mcp-session-id) -m found }
    # A replica that does not answer is left out here too: another one answers that it does not know the session, and the
    # client opens a new one.
    use-server %[req.hdr(mcp-session-id),field(1,.)] if { req.hdr(mcp-session-id) -m found }
    server REPLICA REPLICA.DOMAIN:3001 track ready/REPLICA

# Whether each replica is ready. One that ends gets nothing new, and finishes what it has.
backend ready
    option httpchk
    http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host localhost
    http-check expect status 200
    default-server check inter 1s fall 2 rise 1
    server REPLICA REPLICA.DOMAIN:9464
`;
