/**
 * Probes one target in steps: tcp → http → initialize → tools_list → tool_call. The first step that fails ends the
 * probe. It is recorded in the metrics, in one log line and on the probe's span. The session is deleted in every case.
 */
import { isDeepStrictEqual } from "node:util";
import { type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Logger } from "mcp-telemetry";
import { ATTR, LOG, type ProbeStep, SPAN } from "mcp-telemetry/conventions";
import { openTcp, speakHttp } from "./connection.ts";
import { within } from "./deadline.ts";
import { checkAnswer } from "./expectation.ts";
import { asFailure, type ProbeFailure } from "./failure.ts";
import type { Listing, Method } from "./listing.ts";
import { type ProbeMetrics, TargetMetrics } from "./metrics.ts";
import { loggable, Review, type ReviewDependencies, type Reviewed } from "./review.ts";
import { Session } from "./session.ts";
import type { Target } from "./targets.ts";
import { tokenReader } from "./token.ts";

/** Of the deadline of `initialize`: time for a session is left when a target does not answer `server/discover`. */
const DISCOVERY_SHARE = 0.5;

export class Prober {
  readonly #target: Target;
  readonly #version: string;
  readonly #metrics: TargetMetrics;
  readonly #logger: Logger;
  readonly #token;
  readonly #review: Review;
  readonly #tracer = trace.getTracer("probe");
  #failing = false;
  #reviewed: Reviewed | undefined;

  /** @param version of the probe, sent to the target in `clientInfo` */
  constructor(target: Target, version: string, metrics: ProbeMetrics, logger: Logger, shared: ReviewDependencies) {
    this.#target = target;
    this.#version = version;
    this.#metrics = new TargetMetrics(metrics, target.name);
    this.#logger = logger;
    this.#token = tokenReader(target.tokenFile);
    this.#review = new Review(target.name, shared);
  }

  /** Runs one probe. It does not reject when the target fails. */
  probe(): Promise<void> {
    const { name, url } = this.#target;
    const options = { kind: SpanKind.INTERNAL, attributes: { [ATTR.probeTarget]: name } };
    return this.#tracer.startActiveSpan(`${SPAN.probe} ${name}`, options, async (span) => {
      const session = new Session(url, this.#token(), this.#version);
      const connection = new AbortController();
      try {
        await this.#runSteps(session, connection.signal);
        this.#succeeded();
      } catch (error) {
        if (!(error instanceof FailedStep)) throw error;
        this.#failed(error, session, span);
      } finally {
        connection.abort();
        await this.#endSession(session);
        span.end();
      }
    });
  }

  async #runSteps(session: Session, signal: AbortSignal): Promise<void> {
    const { url, canary } = this.#target;
    const socket = await this.#runStep("tcp", () => openTcp(url, signal));
    await this.#runStep("http", () =>
      speakHttp(socket, url, (expiresAt) => this.#metrics.certificate(expiresAt), signal),
    );
    const discoveryMs = this.#target.deadlines.initialize * DISCOVERY_SHARE;
    const negotiated = await this.#runStep("initialize", () => session.open(discoveryMs));
    this.#metrics.negotiated(negotiated);
    await this.#runStep("tools_list", async () => this.#listed(await session.list(), negotiated.method));
    if (canary === undefined) return;
    await this.#runStep("tool_call", async () =>
      checkAnswer(await session.call(canary.tool, canary.arguments), canary.expect),
    );
  }

  async #runStep<T>(step: ProbeStep, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    try {
      const result = await within(this.#target.deadlines[step], work());
      this.#metrics.passed(step, seconds());
      return result;
    } catch (error) {
      const failure = asFailure(error);
      this.#metrics.failed(step, seconds(), failure);
      throw new FailedStep(step, failure);
    }
  }

  #listed(listing: Listing, method: Method): void {
    const reviewed = this.#review.of(listing, method);
    const before = this.#reviewed;
    this.#reviewed = reviewed;
    this.#metrics.reviewed(reviewed);
    this.#report(LOG.changes, loggable(reviewed.changes), loggable(before?.changes ?? []), "tools changed");
    this.#report(LOG.suspicions, loggable(reviewed.suspicions), loggable(before?.suspicions ?? []), "suspicious tools");
  }

  /** Logs what was found, once, and once that nothing is found any more. */
  #report(field: string, found: readonly string[], before: readonly string[], message: string): void {
    if (isDeepStrictEqual(found, before)) return;
    this.#logger[found.length > 0 ? "warn" : "info"]({ ...this.#fields(), [field]: found }, message);
  }

  #succeeded(): void {
    this.#metrics.succeeded();
    if (this.#failing) this.#logger.info(this.#fields(), "probe succeeds again");
    this.#failing = false;
  }

  #failed({ step, failure }: FailedStep, session: Session, span: Span): void {
    this.#failing = true;
    const { reason, message } = failure;
    span.setAttributes({ [ATTR.probeStep]: step, [ATTR.errorType]: reason }).setStatus({ code: SpanStatusCode.ERROR });
    this.#logger.warn(
      {
        ...this.#fields(),
        [LOG.step]: step,
        [LOG.reason]: reason,
        detail: message,
        ...(session.id !== undefined && { [LOG.sessionId]: session.id }),
      },
      "probe failed",
    );
  }

  async #endSession(session: Session): Promise<void> {
    try {
      await session.end(this.#target.deadlines.http);
    } catch (err) {
      this.#logger.warn({ ...this.#fields(), [LOG.sessionId]: session.id, err }, "session not deleted");
    }
  }

  readonly #fields = () => ({ [LOG.target]: this.#target.name });
}

class FailedStep extends Error {
  readonly step: ProbeStep;
  readonly failure: ProbeFailure;

  constructor(step: ProbeStep, failure: ProbeFailure) {
    super(`${step}: ${failure.reason}`);
    this.step = step;
    this.failure = failure;
  }
}
