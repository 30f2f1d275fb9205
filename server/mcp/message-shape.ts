/**
 * Whether a value is a JSON-RPC message as the SDK understands it. The SDK's schema copies every key of `params`, `result`
 * and `_meta`, once for each kind of message that it tries. Here it sees only the keys that it has a rule for.
 */
import { JSONRPCMessageSchema, RELATED_TASK_META_KEY } from "@modelcontextprotocol/sdk/types.js";

const MOST_MEMBERS = 4;

type Members = Readonly<Record<string, unknown>>;

/** @returns what the SDK's `JSONRPCMessageSchema` would say, at a cost that does not depend on the number of keys */
export function isMessage(value: unknown): boolean {
  if (!isObject(value) || Object.keys(value).length > MOST_MEMBERS) return false;
  const { params, result } = value;
  return JSONRPCMessageSchema.safeParse({
    ...value,
    ...(isObject(params) && { params: onlyMeta(params) }),
    ...(isObject(result) && { result: onlyMeta(result) }),
  }).success;
}

const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const onlyMeta = ({ _meta: meta }: Members): Members => ({ _meta: isObject(meta) ? onlyKnown(meta) : meta });

const onlyKnown = ({ progressToken, [RELATED_TASK_META_KEY]: task }: Members): Members => ({
  progressToken,
  [RELATED_TASK_META_KEY]: task,
});
