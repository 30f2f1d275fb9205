/** What arrives at PagerDuty, Slack and a webhook: a real Alertmanager with alertmanager.receivers.yml sends it. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { findProgram, howToGet } from "../deploy/stack/native/programs.ts";
import { stackVariables } from "../deploy/stack/settings/environment.ts";
import { eventually } from "../dev/lib/poll.ts";
import { type AlertVendors, alertVendors, type Body, type Notification } from "../test/support/alert-vendors.ts";
import { spawnChild } from "../test/support/children.ts";
import { freePort } from "../test/support/free-port.ts";
import { alerts, read } from "./rule-files.ts";

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly endsAt?: string;
}

const program = findProgram(["alertmanager", "prometheus-alertmanager"], stackVariables());
const skip = program === undefined ? `not verified: ${howToGet("alertmanager")}` : false;
const directory = mkdtempSync(join(tmpdir(), "notifications-"));
const processes: ChildProcess[] = [];
let vendors: AlertVendors;
/** Groups as the file does. */
let byName: string;
/** Groups by job alone, so that different alerts are one group. */
let byJob: string;

before(async () => {
  vendors = await alertVendors();
  if (program === undefined) return;
  [byName, byJob] = await Promise.all([
    startAlertmanager('"alertname", "job", "tool_name"'),
    startAlertmanager('"job"'),
  ]);
});
after(() => {
  for (const child of processes) child.kill();
  vendors?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** @param groupBy the labels that make a group @returns its URL */
async function startAlertmanager(groupBy: string): Promise<string> {
  const port = await freePort();
  const own = join(directory, String(port));
  mkdirSync(own);
  const secrets = {
    "pagerduty-routing-key": "0".repeat(32),
    "slack-webhook-url": `${vendors.url}/slack`,
    "webhook-token": "a-token",
    "watchdog-token": "a-token",
  };
  for (const [file, secret] of Object.entries(secrets)) writeFileSync(join(own, file), `${secret}\n`);
  const config = read("alertmanager.receivers.yml")
    .replaceAll("/run/secrets", own)
    .replace("https://alerts.example.com/mcp", `${vendors.url}/webhook`)
    .replace("https://dead-mans-switch.example.com/mcp", `${vendors.url}/webhook`)
    .replace(/group_by: \[.*\]/, `group_by: [${groupBy}]`)
    .replace("group_wait: 10s", "group_wait: 500ms")
    .replace("group_interval: 1m", "group_interval: 500ms");
  writeFileSync(join(own, "config.yml"), `global:\n  pagerduty_url: ${vendors.url}/pagerduty\n${config}`);
  const url = `http://127.0.0.1:${port}`;
  const flags = [
    `--config.file=${join(own, "config.yml")}`,
    `--storage.path=${join(own, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
    "--web.external-url=https://alertmanager.test",
  ];
  processes.push(spawnChild(program ?? "", flags, { stdio: "ignore" }));
  await eventually(20_000, async () => ((await fetch(`${url}/-/ready`)).ok ? true : undefined));
  return url;
}

async function post(alertmanager: string, sent: readonly Alert[]): Promise<void> {
  const { status } = await fetch(`${alertmanager}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(sent),
  });
  assert.equal(status, 200);
}

/** Ends alerts that were posted. */
const ended = (sent: readonly Alert[]): Alert[] =>
  sent.map((alert) => ({ ...alert, endsAt: new Date().toISOString() }));

/** Waits for a notification that `is`. @throws the rules that one of them breaks */
const notified = (is: (notification: Notification) => boolean): Promise<Body> =>
  eventually(20_000, async () => vendors.notifications.find(is)).then(({ vendor, body, broken }) => {
    assert.deepEqual(broken, [], `${vendor}: ${JSON.stringify(body).slice(0, 2000)}`);
    return body;
  });

/** Two receivers with templates: what each calls the one line, the text and the link. */
const RECEIVERS = [
  {
    severity: "page",
    vendor: "pagerduty",
    shown: ({ payload }: Body) => ({
      title: payload?.summary ?? "",
      text: payload?.custom_details?.description ?? "",
      link: payload?.custom_details?.runbook ?? "",
    }),
  },
  {
    severity: "ticket",
    vendor: "slack",
    shown: ({ attachments: [first] = [] }: Body) => ({
      title: first?.title ?? "",
      text: first?.text ?? "",
      link: first?.title_link ?? "",
    }),
  },
] as const;

const ALERTMANAGER = "https://alertmanager.test";
const annotated = (of: string) => ({
  summary: `${of} is broken`,
  description: `${of} has been broken for long.`,
  runbook_url: `https://runbooks.test/${of}`,
});

for (const { severity, vendor, shown } of RECEIVERS) {
  /** The part of the test's name that its alerts share keeps its group apart from those of others. */
  const alert = (alertname: string, labels: Alert["labels"], annotations: Alert["annotations"]): Alert => ({
    labels: { alertname, severity, job: `${vendor}-${alertname}`, ...labels },
    annotations,
  });
  /** The first notification whose title has `part`, for a group whose alerts all come at once. */
  const shownFor = async (part: string) =>
    shown(await notified((one) => one.vendor === vendor && shown(one.body).title.includes(part)));

  test(`${vendor}: one alert shows its summary, description and runbook`, { skip }, async () => {
    await post(byName, [alert("Single", {}, annotated("billing"))]);
    assert.deepEqual(await shownFor("Single"), {
      title: "Single: billing is broken",
      text: "billing has been broken for long.\n",
      link: "https://runbooks.test/billing",
    });
  });

  test(`${vendor}: several alerts of one name show the summary of each`, { skip }, async () => {
    const own = (dependency: string) => ({ ...annotated(dependency), runbook_url: "https://runbooks.test/Several" });
    const sent = ["billing", "rates"].map((dependency) => alert("Several", { dependency }, own(dependency)));
    await post(byName, sent);
    assert.deepEqual(await shownFor("Several"), {
      title: "Several: billing is broken; rates is broken",
      text: "billing has been broken for long.\nrates has been broken for long.\n",
      link: "https://runbooks.test/Several",
    });
  });

  test(`${vendor}: an alert that is over leaves the text, and the last one ends the group`, { skip }, async () => {
    const sent = ["billing", "rates"].map((dependency) => alert("Ending", { dependency }, annotated(dependency)));
    await post(byName, sent);
    await shownFor("Ending: billing is broken; rates is broken");
    await post(byName, ended(sent.slice(0, 1)));
    await notified((one) => one.vendor === vendor && shown(one.body).title === "Ending: rates is broken");
    await post(byName, ended(sent.slice(1)));
    const body = await notified(
      (one) => one.vendor === vendor && shown(one.body).title === "RESOLVED Ending: rates is broken",
    );
    if (vendor === "pagerduty") assert.equal(body.event_action, "resolve");
  });

  test(`${vendor}: alerts without any annotation show their name`, { skip }, async () => {
    await post(byName, [alert("Bare", { dependency: "billing" }, {}), alert("Bare", { dependency: "rates" }, {})]);
    assert.deepEqual(await shownFor("Bare"), { title: "Bare: Bare; Bare", text: "Bare\nBare\n", link: ALERTMANAGER });
  });

  for (const missing of ["summary", "description", "runbook_url"] as const) {
    test(`${vendor}: of two alerts one lacks its ${missing}`, { skip }, async () => {
      const name = `Lacks_${missing}`;
      const { [missing]: _, ...rest } = annotated("rates");
      const sent = [alert(name, { dependency: "billing" }, annotated("billing"))];
      await post(byName, [...sent, alert(name, { dependency: "rates" }, rest)]);
      const { title, text, link } = await shownFor(name);
      assert.match(title, /: billing is broken; rates (is|has been) broken/);
      assert.match(text, /^billing .* https:\/\/runbooks.test\/billing\nrates (is|has been) broken.*\n$/);
      assert.equal(link, ALERTMANAGER);
    });
  }

  test(`${vendor}: texts longer than the vendor takes are cut`, { skip }, async () => {
    const long = { ...annotated("é".repeat(9000)), runbook_url: "https://runbooks.test/Long" };
    const sent = Array.from({ length: 60 }, (_, at) => alert("Long", { dependency: `dependency-${at}` }, long));
    await post(byName, sent);
    const { title, text, link } = await shownFor("Long");
    assert.match(title, /^Long: é+…$/);
    if (vendor === "slack") assert.match(text, /^é{3000}…$/);
    assert.equal(link, vendor === "slack" ? long.runbook_url : "");
  });

  test(`${vendor}: different alerts in one group show what each is about`, { skip }, async () => {
    const job = `${vendor}-different`;
    const of = (name: string, dependency: string) => alert(name, { job }, annotated(dependency));
    await post(byJob, [of("One", "billing"), of("Other", "rates"), alert("Third", { job }, {})]);
    assert.deepEqual(await shownFor("Several alerts"), {
      title: "Several alerts: billing is broken; rates is broken; Third",
      text:
        "billing has been broken for long. https://runbooks.test/billing\n" +
        "rates has been broken for long. https://runbooks.test/rates\nThird\n",
      link: ALERTMANAGER,
    });
  });

  test(`${vendor}: different alerts that are all over end the group, and say what each was about`, {
    skip,
  }, async () => {
    const job = `${vendor}-over`;
    const of = (name: string, dependency: string) => alert(name, { job }, annotated(dependency));
    const sent = [of("First", "mail"), of("Second", "search")];
    await post(byJob, sent);
    await shownFor("Several alerts: mail is broken; search is broken");
    await post(byJob, ended(sent));
    const body = await notified(
      (one) =>
        one.vendor === vendor && shown(one.body).title === "RESOLVED Several alerts: mail is broken; search is broken",
    );
    assert.match(shown(body).text, /^mail .*mail\nsearch .*search\n$/);
    if (vendor === "pagerduty") assert.equal(body.event_action, "resolve");
  });

  test(`${vendor}: an alert with blank annotations, or without a name, shows what there is`, { skip }, async () => {
    const [job, labels] = [`${vendor}-blank`, { severity }];
    await post(byJob, [
      { labels: { ...labels, job, alertname: "Blank" }, annotations: { summary: "", description: " \n" } },
      { labels: { ...labels, job: `${job}-unnamed`, dependency: "rates" }, annotations: annotated("unnamed") },
    ]);
    assert.deepEqual(await shownFor("Blank: "), { title: "Blank: Blank", text: "Blank\n", link: ALERTMANAGER });
    assert.equal((await shownFor("unnamed is broken")).title, "Several alerts: unnamed is broken");
  });

  test(`${vendor}: two of every alert of the rules arrive`, { skip }, async () => {
    const own = alerts.filter(({ labels }) => labels?.severity === severity);
    assert.ok(own.length > 3);
    const filled = (annotations: Alert["annotations"], value: string) =>
      Object.fromEntries(
        Object.entries(annotations).map(([name, text]) => [name, text.replace(/\{\{.*?\}\}/g, value)]),
      );
    await post(
      byName,
      own.flatMap(({ alert: name, annotations = {} }) =>
        ["first", "second"].map((instance) => alert(name, { instance }, filled(annotations, instance))),
      ),
    );
    for (const { alert: name, annotations } of own) {
      const { title, text, link } = await shownFor(name);
      const summary = annotations?.summary ?? "";
      const [first, second] = ["first", "second"].map((value) => summary.replace(/\{\{.*?\}\}/g, value));
      assert.equal(title, `${name}: ${first}; ${second}`);
      assert.equal(text.trim().split("\n").length, 2, text);
      assert.ok(link.endsWith(`/${name}.md`), link);
    }
  });
}

test("webhook: alerts of no known severity arrive, alone, several, different and ended", { skip }, async () => {
  const of = (alertname: string, dependency: string): Alert => ({
    labels: { alertname, severity: "unheard_of", job: "webhook", dependency },
    annotations: annotated(dependency),
  });
  const sent = [of("One", "billing"), of("One", "rates"), of("Other", "rates")];
  await post(byJob, sent);
  const ofAll = (status: string) => (one: Notification) =>
    one.vendor === "webhook" && one.body.status === status && one.body.alerts?.length === sent.length;
  await notified(ofAll("firing"));
  await post(byJob, ended(sent));
  await notified(ofAll("resolved"));
});

test("no notification of these tests was refused", { skip }, () => {
  assert.deepEqual(
    vendors.notifications.filter(({ broken }) => broken.length > 0),
    [],
  );
});
