/** The inspector's page in a real browser: live, without JavaScript, with hostile values, and for everybody. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, openPage, skip } from "../../test/support/browser.ts";
import { PINNED } from "../../test/support/era-clients.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { timeToGoWrong } from "../../test/support/wait.ts";
import { visible } from "../telemetry/visible.ts";

const FIXTURE = "server/test/fixture-server.ts";
const ECHO = { name: "echo", arguments: { value: "hello" } };
const WINDOW = { width: 1280, height: 900 };

let server: RunningServer;
let inspect: URL;

before(async () => {
  server = await runServer({ MCP_INSPECT: "1", MCP_INSPECT_GRAFANA_URL: "http://localhost:3000" }, FIXTURE);
  inspect = await server.metricsUrl("/inspect");
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

const at = (query: Record<string, string>) => new URL(`?${new URLSearchParams(query)}`, inspect);

test("a call appears while one looks, and leads to the waterfall of its session", { skip }, async (t) => {
  const { page, problems } = await openPage(t, inspect);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.evaluate("window.loaded = 'once'");
  const client = await server.client(undefined, "onlooker");
  await client.callTool(ECHO);
  await page.getByRole("cell", { name: "onlooker 1.0.0" }).waitFor();
  const call = page.getByRole("link", { name: "tools/call echo" }).first();
  await call.waitFor();
  assert.equal(await page.evaluate("window.loaded"), "once", "the page was not loaded again");

  await call.click();
  const waterfall = page.getByRole("region", { name: "Waterfall" });
  await waterfall.getByText("initialize", { exact: true }).first().waitFor();
  const row = waterfall.getByRole("row").filter({ hasText: "tools/call echo" });
  assert.match((await row.textContent()) ?? "", /ms.*success.*17 B/s);
  await row.locator("summary").click();
  const attribute = row.getByText("mcp.budget_ms");
  await attribute.waitFor();

  await client.callTool({ name: "fail", arguments: { value: "x" } });
  await waterfall.getByText("tools/call fail").first().waitFor();
  assert.ok(await attribute.isVisible(), "what was opened stays open");
  await client.close();
  assert.deepEqual(problems, []);
});

test("the calls of a client without a session lead to the waterfall of that client", { skip }, async (t) => {
  const own = await runServer({ MCP_INSPECT: "1", MCP_INSPECT_GRAFANA_URL: "http://localhost:3000" });
  t.after(() => own.stop());
  const { page, problems } = await openPage(t, await own.metricsUrl("/inspect"));
  const client = await PINNED.connect({ url: own.url }, "stateless <b>client</b>");
  await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
  const other = await PINNED.connect({ url: own.url }, "another");
  await other.callTool({ name: "fault", arguments: { mode: "error" } });
  const sessions = page.getByRole("region", { name: "Sessions" });
  const row = sessions.getByRole("row").filter({ hasText: "anonymous · stateless <b>client</b>" });
  await row.waitFor();
  assert.match((await row.textContent()) ?? "", /no session/);
  await row.getByRole("link").click();
  await page.getByRole("heading", { name: "Calls of anonymous · stateless <b>client</b>" }).waitFor();
  const waterfall = page.getByRole("region", { name: "Waterfall" });
  await waterfall.getByText("tools/call add").first().waitFor();
  assert.equal(await waterfall.getByText("tools/call fault").count(), 0);
  assert.equal(await page.getByRole("link", { name: "session ↗" }).count(), 0);
  await page.getByRole("link", { name: "trace ↗" }).waitFor();
  await Promise.all([client.close(), other.close()]);
  assert.deepEqual(problems, []);
});

test("it pauses, goes on, copies a trace's id, and says when nobody answers", { skip }, async (t) => {
  const own = await runServer({ MCP_INSPECT: "1" });
  t.after(() => own.stop());
  const client = await own.client(undefined, "first");
  const { page } = await openPage(t, await own.metricsUrl("/inspect"), {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const button = page.getByRole("button", { name: "Copy" }).first();
  await button.click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.match(String(await page.evaluate("navigator.clipboard.readText()")), /^[0-9a-f]{32}$/);

  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("Paused").waitFor();
  const other = await own.client(undefined, "second");
  await timeToGoWrong(1500);
  assert.equal(await page.getByText("second 1.0.0").count(), 0);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("cell", { name: "second 1.0.0" }).waitFor();
  await Promise.all([client.close(), other.close()]);
  await own.stop();
  await page.getByText("Not connected").waitFor();
});

test("without JavaScript it shows, filters and leads on just the same", { skip }, async (t) => {
  const client = await server.client(undefined, "plain");
  await client.callTool(ECHO);
  const { page, problems } = await openPage(t, inspect, { javaScriptEnabled: false });
  await page.getByText(/^As of \d\d:\d\d:\d\d$/).waitFor();
  assert.equal(await page.getByRole("button", { name: "Pause" }).isVisible(), false);
  await page.getByRole("searchbox", { name: "Text" }).fill(String(client.transport?.sessionId));
  await page.getByRole("combobox", { name: "Tool" }).selectOption("echo");
  await page.getByRole("button", { name: "Apply" }).click();
  const requests = page.getByRole("region", { name: "Requests" }).getByRole("link");
  assert.deepEqual(await requests.allTextContents(), ["tools/call echo"]);
  await requests.click();
  await page.getByRole("region", { name: "Waterfall" }).getByText("tools/call echo").waitFor();
  await client.close();
  assert.deepEqual(problems, []);
});

const HOSTILE = [
  `<script>window.injected=alert(1)</script>`,
  `"><img src=x onerror=window.injected=alert(1)>`,
  `'><svg onload=window.injected=alert(1)>`,
  `</code></table></main><iframe srcdoc="<script>top.injected=1</script>"></iframe>`,
  `<a href="javascript:window.injected=1">click</a>`,
  `\u202e<base href="https://attacker.example/">`,
];
/** Markup of these kinds is never the page's own; of `script` it has one. */
const FOREIGN =
  "img, iframe, base, object, embed, style, script:not([src='/inspect/page.js']), [onerror], [onload], a[href^=javascript]";

test("hostile results, messages, fields, errors, names and queries are text, in the list, in a session and live", {
  skip,
}, async (t) => {
  const { page, problems } = await openPage(t, inspect);
  const sessions: string[] = [];
  for (const value of HOSTILE) {
    const client = await server.client(undefined, value);
    sessions.push(String(client.transport?.sessionId));
    const _meta = {
      traceparent: "00-11111111111111111111111111111111-1111111111111111-01",
      baggage: `agent.run_id=${encodeURIComponent(value)},tenant.id=${encodeURIComponent(value)}`,
    };
    const base64 = Buffer.from(value).toString("base64");
    await client.callTool({ name: "echo", arguments: { value }, _meta });
    await client.callTool({ name: "say", arguments: { base64 }, _meta });
    await client.callTool({ name: value, arguments: { [value]: value }, _meta });
    await client.readResource({ uri: `note://store/${value}` }).catch(() => {});
    await client.close();
  }
  const untouched = async (where: string) => {
    assert.equal(await page.locator(FOREIGN).count(), 0, where);
    assert.equal(await page.evaluate("window.injected"), undefined, where);
    assert.equal(await page.evaluate("document.baseURI === location.href"), true, where);
  };
  await page.getByRole("cell", { name: `${HOSTILE.at(-1)?.replace(/\p{Cf}/gu, "")} 1.0.0` }).waitFor();
  await untouched("live");
  for (const [i, session] of sessions.entries()) {
    await page.goto(at({ session }).href);
    for (const summary of await page.locator(".waterfall summary").all()) await summary.click();
    const waterfall = (await page.getByRole("region", { name: "Waterfall" }).textContent()) ?? "";
    const value = HOSTILE[i] ?? "";
    assert.ok(waterfall.includes(`warn ${visible(value)}`), `the message is there as it is: ${waterfall}`);
    assert.ok(waterfall.includes(`agent_run_id${visible(value.slice(0, 64))}`), "the field is there as it is");
    await untouched(`session ${value}`);
    for (const name of ["q", "tool", "outcome", "session"]) {
      await page.goto(at({ [name]: value }).href);
      await untouched(`${name}=${value}`);
    }
  }
  assert.deepEqual(problems, []);
});

/** In the page: what is wrong for people who cannot see it, or not well. */
const COMPLAINTS = `(() => {
  const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const say = (what, elements) => elements.forEach((element) => found.push(what + ": " + element.outerHTML.slice(0, 120)));
  if (document.documentElement.lang !== "en") found.push("no language");
  for (const one of ["h1", "main", "header", "nav[aria-label]", "form[role=search]"]) if (all(one).length !== 1) found.push("not one " + one);
  say("without a name", all("input, select").filter((field) => !field.labels.length));
  say("without a name", all("button, a, summary, th").filter((element) => element.textContent.trim() === ""));
  say("without a scope", all("th:not([scope])"));
  say("a picture without a name", all("svg:not([aria-hidden=true]):not([role=img][aria-label])"));
  say("the id of another", all("[id]").filter(({ id }, i, every) => every.findIndex((other) => other.id === id) !== i));
  const levels = all("h1, h2, h3").map(({ tagName }) => Number(tagName[1]));
  if (levels.some((level, i) => level > (levels[i - 1] ?? 0) + 1)) found.push("a heading's level is skipped: " + levels);
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const color = element === null ? "rgb(255, 255, 255)" : getComputedStyle(element).backgroundColor;
    return element === null || color !== "rgba(0, 0, 0, 0)" ? color : ground(element.parentElement);
  };
  say("too little contrast", all("body *").filter((element) => {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "")) return false;
    const [one, other] = [getComputedStyle(element).color, ground(element)].map(light).toSorted();
    return (other + 0.05) / (one + 0.05) < 4.5;
  }));
  say("cut off", all("section, dl, header, form").filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth));
  if (document.documentElement.scrollWidth > innerWidth) found.push("wider than the window by " + (document.documentElement.scrollWidth - innerWidth));
  return found;
})()`;

for (const colorScheme of ["light", "dark"] as const) {
  for (const viewport of [WINDOW, { width: 390, height: 844 }]) {
    test(`it has names, headings, contrast and room: ${colorScheme}, ${viewport.width} pixels wide`, {
      skip,
    }, async (t) => {
      const client = await server.client();
      for (const name of ["echo", "fail", "no such tool"]) await client.callTool({ name, arguments: { value: "x" } });
      const { page } = await openPage(t, inspect, { colorScheme, viewport });
      const schemes = { light: "rgb(245, 246, 248)", dark: "rgb(14, 17, 22)" };
      assert.equal(await page.evaluate("getComputedStyle(document.body).backgroundColor"), schemes[colorScheme]);
      assert.deepEqual(await page.evaluate(COMPLAINTS), []);
      await page.goto(at({ session: String(client.transport?.sessionId) }).href);
      await page.locator(".waterfall summary").first().click();
      assert.deepEqual(await page.evaluate(COMPLAINTS), []);
      await client.close();
    });
  }
}

test("with the keyboard alone one skips to the content, opens a row and sees where one is", { skip }, async (t) => {
  const client = await server.client();
  await client.callTool(ECHO);
  const { page } = await openPage(t, at({ session: String(client.transport?.sessionId) }));
  await page.keyboard.press("Tab");
  const skipLink = page.getByRole("link", { name: "Skip to content" });
  assert.ok(((await skipLink.boundingBox())?.width ?? 0) > 50, "it is seen when it has the focus");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate("document.activeElement.id"), "content");
  for (let i = 0; i < 20; i += 1) {
    await page.keyboard.press("Tab");
    assert.notEqual(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "none");
    if (await page.evaluate("document.activeElement.tagName === 'SUMMARY'")) break;
  }
  await page.keyboard.press("Enter");
  await page.locator("details[open] dl").waitFor();
  await client.close();
});
