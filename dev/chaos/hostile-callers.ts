/** All hostile callers, by name. */
import { HOSTILE_BODIES } from "./hostile-bodies.ts";
import type { HostileCaller } from "./hostile-caller.ts";
import { HOSTILE_HTTP } from "./hostile-http.ts";
import { HOSTILE_MESSAGES } from "./hostile-messages.ts";
import { HOSTILE_SESSIONS } from "./hostile-sessions.ts";

export const HOSTILE_CALLERS: Readonly<Record<string, HostileCaller>> = {
  ...HOSTILE_BODIES,
  ...HOSTILE_HTTP,
  ...HOSTILE_MESSAGES,
  ...HOSTILE_SESSIONS,
};
