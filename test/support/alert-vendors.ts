/** PagerDuty, Slack and a webhook of one's own in one server. Each refuses what its vendor's documents refuse. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The fields that are read here, of all three bodies. */
export interface Body {
  readonly routing_key?: string;
  readonly dedup_key?: string;
  readonly event_action?: string;
  readonly payload?: {
    readonly summary?: string;
    readonly source?: string;
    readonly severity?: string;
    readonly custom_details?: Readonly<Record<string, string>>;
  };
  readonly attachments?: readonly Attachment[];
  readonly version?: string;
  readonly status?: string;
  readonly alerts?: readonly { readonly labels: Readonly<Record<string, string>> }[];
}
interface Attachment {
  readonly title?: string;
  readonly title_link?: string;
  readonly text?: string;
  readonly fallback?: string;
}

export interface Notification {
  readonly vendor: string;
  readonly body: Body;
  /** The rules it breaks: with one of them the vendor refuses it, or cuts it without a word. */
  readonly broken: readonly string[];
}

export interface AlertVendors {
  /** The path below it is the vendor's name. */
  readonly url: string;
  readonly notifications: readonly Notification[];
  close(): void;
}

/** What a vendor demands: each text, and whether a body fulfils it. */
type Rules = Readonly<Record<string, (body: Body, bytes: number) => boolean>>;

const isBlank = (text: string | undefined): boolean => (text ?? "").trim() === "";
const isUrl = (text: string | undefined): boolean => /^https?:\/\/\S+$/.test(text ?? "");
/** Vendors count characters, not UTF-16 units. */
const fits = (text: string | undefined, limit: number): boolean => [...(text ?? "")].length <= limit;
const everyAttachment = (body: Body, holds: (attachment: Attachment) => boolean): boolean =>
  (body.attachments ?? []).every(holds);

/** Source: PagerDuty's Events API v2. */
const PAGERDUTY: Rules = {
  "routing_key has 32 characters": ({ routing_key }) => routing_key?.length === 32,
  "event_action is known": ({ event_action }) => /^(trigger|acknowledge|resolve)$/.test(event_action ?? ""),
  "dedup_key has 1 to 255 characters": ({ dedup_key }) => !isBlank(dedup_key) && fits(dedup_key, 255),
  "payload.summary is not blank": ({ payload }) => !isBlank(payload?.summary),
  "payload.summary has at most 1024 characters": ({ payload }) => fits(payload?.summary, 1024),
  "payload.source is not blank": ({ payload }) => !isBlank(payload?.source),
  "payload.severity is known": ({ payload }) => /^(critical|error|warning|info)$/.test(payload?.severity ?? ""),
  "an event has at most 512 KB": (_, bytes) => bytes <= 512_000,
};

/** Source: Slack's messages with attachments; 8000 is where it was seen to cut an attachment's text. */
const SLACK: Rules = {
  "there is an attachment, and at most 100": ({ attachments = [] }) =>
    attachments.length > 0 && attachments.length <= 100,
  "the title is not blank": (body) => everyAttachment(body, ({ title }) => !isBlank(title)),
  "the title has at most 1024 characters": (body) => everyAttachment(body, ({ title }) => fits(title, 1024)),
  "the title's link is a URL": (body) => everyAttachment(body, ({ title_link }) => isUrl(title_link)),
  "the text is not blank": (body) => everyAttachment(body, ({ text }) => !isBlank(text)),
  "the text has at most 8000 characters": (body) => everyAttachment(body, ({ text }) => fits(text, 8000)),
  "the fallback is not blank": (body) => everyAttachment(body, ({ fallback }) => !isBlank(fallback)),
};

/** Source: Alertmanager's webhook payload. */
const WEBHOOK: Rules = {
  "the version is 4": ({ version }) => version === "4",
  "the status is known": ({ status }) => status === "firing" || status === "resolved",
  "there is an alert": ({ alerts = [] }) => alerts.length > 0,
};

const VENDORS: Readonly<Record<string, Rules>> = { pagerduty: PAGERDUTY, slack: SLACK, webhook: WEBHOOK };

export async function alertVendors(): Promise<AlertVendors> {
  const notifications: Notification[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    const vendor = (request.url ?? "").slice(1);
    const body: Body = JSON.parse(text);
    const broken = Object.entries(VENDORS[vendor] ?? {})
      .filter(([, holds]) => !holds(body, Buffer.byteLength(text)))
      .map(([rule]) => rule);
    notifications.push({ vendor, body, broken });
    response.writeHead(broken.length === 0 ? 200 : 400).end(broken.length === 0 ? "ok" : broken.join("; "));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, notifications, close: () => server.close() };
}
