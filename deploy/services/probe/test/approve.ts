/** Runs `make approve` for one target, with files of its own. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { spawnChild } from "../../../../test/support/children.ts";
import { ROOT } from "../../../stack/settings/environment.ts";
import { toYaml } from "../../../stack/settings/yaml.ts";

export interface Approving {
  /** The file of approved tools. */
  readonly path: string;
  content(): string;
  /** @param name of the target */
  approve(url: URL, name?: string): Promise<{ readonly code: number | null; readonly output: string }>;
}

/** The file has no target at first. */
export function approving(): Approving {
  const directory = mkdtempSync(join(tmpdir(), "approved-"));
  const path = join(directory, "approved.json");
  writeFileSync(path, "{}\n");
  return {
    path,
    content: () => readFileSync(path, "utf8"),
    async approve(url, name = "it") {
      const targets = join(directory, "targets.yml");
      writeFileSync(targets, toYaml({ targets: [{ name: "it", url: url.href, interval: "20s", timeout: "3s" }] }));
      const { PATH = "" } = process.env;
      const env = { PATH, TARGET: name, PROBE_TARGETS_FILE: targets, PROBE_APPROVED_FILE: path };
      const child = spawnChild(process.execPath, ["dev/approve/main.ts"], { cwd: ROOT, env });
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, "close"),
      ]);
      return { code, output: stdout + stderr };
    },
  };
}
