/** CI runs the same make targets as developers. Renovate finds every image that `.env` pins. */
import assert from "node:assert/strict";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { ROOT } from "../../deploy/stack/settings/environment.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const makefiles = globSync(["Makefile", "dev/*.mk"], { cwd: ROOT });
const targets = new Set(makefiles.flatMap((file) => [...read(file).matchAll(/^([a-z-]+):/gm)].map(([, name]) => name)));

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
interface Job {
  readonly steps: readonly Step[];
  readonly container?: string;
  readonly permissions?: Readonly<Record<string, string>>;
}
const WORKFLOWS = join(".github", "workflows");
const jobs: readonly Job[] = readdirSync(join(ROOT, WORKFLOWS)).flatMap((file) => {
  const workflow = parse(read(join(WORKFLOWS, file))) as { readonly jobs: Readonly<Record<string, Job>> };
  return Object.values(workflow.jobs);
});
const steps = jobs.flatMap((job) => job.steps);
/** Steps that prepare the machine or keep its logs, and what only a workflow does: the image it scans or releases. */
const NO_TARGETS = /^(apt-get|git config|docker compose logs|docker compose build|grep \^NODE_IMAGE=|cosign sign) /;

test("every step of a workflow, and every line of .ci/run, calls make targets that exist", () => {
  const runs = steps.flatMap(({ run }) => run ?? []).filter((run) => !NO_TARGETS.test(run) && run !== ".ci/run");
  const lines = [...runs, ...read(".ci/run").split("\n")];
  const called = lines.flatMap((line) => [...line.matchAll(/\bmake ([a-z-]+)/g)].map(([, name]) => name));
  assert.ok(called.length > 8);
  for (const name of called) assert.ok(targets.has(name), `make ${name}`);
  for (const run of runs) assert.match(run, /^make /);
});

test("every action is pinned to a commit, with its version tag in a comment", () => {
  const used = readdirSync(join(ROOT, WORKFLOWS)).flatMap((file) =>
    [...read(join(WORKFLOWS, file)).matchAll(/uses: (.*)/g)].map(([, action = ""]) => action),
  );
  assert.equal(used.length, steps.filter(({ uses }) => uses !== undefined).length);
  for (const action of used) assert.match(action, /^[\w-]+(\/[\w-]+)+@[0-9a-f]{40} # v\d/);
});

test("every container of a job is pinned to a digest, and each has the same", () => {
  const containers = new Set(jobs.flatMap(({ container }) => container ?? []));
  assert.equal(containers.size, 1);
  for (const container of containers) assert.match(container, /^debian:12-slim@sha256:[0-9a-f]{64}$/);
});

test("a release has an SBOM, provenance and a signature without a key, and only its job may write", () => {
  const release = (parse(read(join(WORKFLOWS, "release.yml"))) as { readonly jobs: { readonly image: Job } }).jobs
    .image;
  const said = JSON.stringify(release.steps);
  for (const part of ["anchore/sbom-action@", "sbom-path", "actions/attest@", "cosign sign --yes", "outputs.digest"]) {
    assert.ok(said.includes(part), part);
  }
  assert.equal(release.permissions?.["id-token"], "write");
  assert.equal(release.permissions?.contents, "read");
});

test("Renovate finds each image of .env with tag and digest, keeps its format, and does not update Promtail", () => {
  const { customManagers, packageRules } = JSON.parse(read("renovate.json"));
  const images = [...read(".env").matchAll(/^[A-Z_]+_IMAGE=.*$/gm)].map(([line]) => line);
  const [manager] = customManagers;
  const found = [...read(".env").matchAll(new RegExp(manager.matchStrings[0], "g"))].map(({ 0: text, groups }) => {
    const { depName = "", currentValue = "", currentDigest } = groups ?? {};
    const digest = currentDigest === undefined ? "" : `@${currentDigest}`;
    return { text, written: `_IMAGE=${depName}:${currentValue}${digest}`, depName };
  });
  assert.deepEqual(
    found.map(({ text }) => text),
    images.map((line) => line.slice(line.indexOf("_IMAGE="))),
  );
  for (const { text, written } of found) assert.equal(written, text);
  const frozen = packageRules.find(({ enabled }: { enabled?: boolean }) => enabled === false);
  assert.deepEqual(frozen.matchPackageNames, ["grafana/promtail"]);
  assert.match(frozen.description, /end of life/);
});
