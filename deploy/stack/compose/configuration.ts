/** The configuration that containers mount: written so that they see it, and compared with when they started. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { composeProject } from "../settings/compose-files.ts";
import { interpolate, ROOT, type Variables } from "../settings/environment.ts";

/**
 * Writes files into a folder that running containers may mount: the folder stays the same one. A file that would not
 * change is left alone, and any other file in the folder is removed.
 *
 * @returns the folder
 */
export function writeFolder(folder: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile() && !Object.hasOwn(files, entry.name)) rmSync(join(folder, entry.name));
  }
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    if (!existsSync(file) || readFileSync(file, "utf8") !== content) writeFileSync(file, content);
  }
  return folder;
}

/** The files and folders of this machine that a service mounts. */
export const configurationOf = (service: string, variables: Variables): string[] =>
  (composeProject(variables).services[service]?.volumes ?? [])
    .map((volume) => interpolate(volume, variables).split(":")[0] ?? "")
    .filter((source) => /^[./]/.test(source))
    .map((source) => resolve(ROOT, source));

/** Whether a file, or one in a folder, was written, added or removed after a time. */
export function changedSince(paths: readonly string[], since: Date): boolean {
  return paths.some((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return false;
    if (found.mtime > since || found.ctime > since) return found.isFile() || found.isDirectory();
    return (
      found.isDirectory() &&
      changedSince(
        readdirSync(path).map((name) => join(path, name)),
        since,
      )
    );
  });
}
