/** Values that are legal to throw and hard to read. */
const refuse = () => {
  throw new Error("no");
};

const MEMBERS = ["message", "stack", "name", "code", "cause", "errors", "constructor", "status"];

const ring: Error & { errors?: unknown } = new Error("ring");
ring.cause = ring;
ring.errors = [ring, ring, ring];

const revoked = Proxy.revocable({}, {});
revoked.revoke();

/** Its stacks are longer than what Tempo stores of an attribute. */
function withCauses(count: number): Error {
  const error = new Error("x", count > 0 ? { cause: withCauses(count - 1) } : {});
  const frames = Array.from(
    { length: 10 },
    (_, i) => `    at frame${i} (file:///app/server/tools/a-tool-with-a-long-name-${count}.js:${i}:1)`,
  );
  return Object.assign(error, { stack: ["Error: x", ...frames].join("\n") });
}

export const LONG_CAUSES = "long causes";

export const ODD_VALUES: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  "a symbol": Symbol("x"),
  "a BigInt": 1n,
  "a function": () => {},
  "an object without a prototype": Object.create(null),
  "an error without a prototype": Object.setPrototypeOf(new Error("x"), null),
  "an error without a message": Object.defineProperty(new Error("x"), "message", { value: undefined }),
  "an error whose message is an object": Object.defineProperty(new Error("x"), "message", {
    value: Object.create(null),
  }),
  "an error whose code is an object": Object.assign(new Error("x"), { code: Object.create(null) }),
  "getters that throw": Object.defineProperties(
    new Error("x"),
    Object.fromEntries(MEMBERS.map((key) => [key, { get: refuse }])),
  ),
  "a Proxy whose traps throw": new Proxy(new Error("x"), { get: refuse, has: refuse, getPrototypeOf: refuse }),
  "a revoked Proxy": revoked.proxy,
  "an error whose stack has a file URL that is no path": Object.assign(new Error("x"), {
    stack: "Error: x\n    at f (file:///a%2Fb.js:1:1)",
  }),
  "an error that is its own cause": ring,
  [LONG_CAUSES]: withCauses(3),
};
