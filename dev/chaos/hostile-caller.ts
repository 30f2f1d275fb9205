/**
 * A hostile caller does one thing that no honest caller does, until its attack is over. The canary is in its texts, but
 * for what the signals show by contract: request ids, the path of a resource's URI, client names.
 */
import type { Random } from "../../test/support/random.ts";
import type { Attacker } from "./attacker.ts";

export type HostileCaller = (attacker: Attacker, random: Random) => Promise<void>;
