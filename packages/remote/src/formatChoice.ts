import { isPredcacheError, type Tensors } from '@predcache/core';
import type { TensorFormat } from './protocol/message.js';

/** How one request and its answer are to travel. */
export interface FormatPlan {
  readonly input: TensorFormat;
  readonly output: TensorFormat;
  /** What is known once a request of this plan has worked. */
  readonly proves?: 'the header must not be sent' | undefined;
}

/** Bytes of tensors, or of a JSON answer, from which on binary is worth asking for. */
const worthBinary = 1_024;
/** ms for which a server that could not be asked is not asked again, unless there is no other way. */
const askAgainAfter = 30_000;

/**
 * Chooses between JSON and binary tensors for one server, by what it says of itself, by size, and by what did not work:
 * pages may not be allowed to send or read the header that the binary form needs.
 */
export class FormatChoice {
  readonly #format: TensorFormat | 'auto';
  /** Whether the server has the extension; `undefined` while unknown. */
  #isKnown: boolean | undefined;
  #maySend = true;
  #mayRead = true;
  #isProven = false;
  #areAnswersLarge = false;
  /** On the clock of `performance.now`. */
  #mayAskAt = 0;

  constructor(format: TensorFormat | 'auto') {
    this.#format = format;
  }

  /** Whether the server is to be asked what it knows before this input is sent. */
  mustAsk(input: Tensors): boolean {
    if (this.#format !== 'auto' || this.#isKnown !== undefined) return false;
    const isWorthIt = this.#areAnswersLarge || sizeOf(input) >= worthBinary;
    return isWorthIt && performance.now() >= this.#mayAskAt ? true : !fitsJson(input);
  }

  /** What the server said; `undefined` where it could not be asked. */
  learn(isKnown: boolean | undefined): void {
    this.#isKnown ??= isKnown;
    if (isKnown === undefined) this.#mayAskAt = performance.now() + askAgainAfter;
  }

  plan(input: Tensors): FormatPlan {
    if (this.#format !== 'auto') return { input: this.#format, output: this.#format };
    const isWorthIt = this.#isKnown === true && (sizeOf(input) >= worthBinary || !fitsJson(input));
    return {
      input: isWorthIt && this.#maySend ? 'binary' : 'json',
      output: this.#isKnown === true && this.#mayRead ? 'binary' : 'json',
    };
  }

  /** Whether a plan may fail for a reason that another plan would not: its request must not be repeated as it is. */
  isOnTrial(plan: FormatPlan, isCrossOrigin: boolean): boolean {
    return this.#format === 'auto' && isCrossOrigin && plan.input === 'binary' && !this.#isProven;
  }

  worked(plan: FormatPlan, answerSize: number): void {
    if (plan.input === 'binary') this.#isProven = true;
    if (plan.proves !== undefined) this.#maySend = false;
    if (plan.output === 'json' && answerSize >= worthBinary) this.#areAnswersLarge = true;
  }

  /** Whether the answer is binary and the header that says where it begins was kept from the page. */
  cannotRead(plan: FormatPlan, headerLength: string | null, contentType: string | null): boolean {
    const isBinary = /^application\/octet-stream\b/i.test(contentType ?? '');
    if (this.#format !== 'auto' || plan.output !== 'binary' || headerLength !== null || !isBinary)
      return false;
    this.#mayRead = false;
    return true;
  }

  /** What to try after a plan that failed; `undefined` where the failure has nothing to do with it. */
  next(plan: FormatPlan, error: unknown, input: Tensors, isCrossOrigin: boolean): FormatPlan | undefined {
    if (!isPredcacheError(error) || error.code !== 'REMOTE_UNREACHABLE' || !fitsJson(input)) return undefined;
    // The refusal of a preflight looks like a broken connection.
    if (!this.isOnTrial(plan, isCrossOrigin)) return undefined;
    return { ...plan, input: 'json', proves: 'the header must not be sent' };
  }

  /** Whether a failed answer may be one that the server could not write as JSON, such as FP16 or NaN. */
  mayNeedBinary(plan: FormatPlan, error: unknown): boolean {
    if (this.#format !== 'auto' || plan.output === 'binary' || this.#isKnown !== undefined) return false;
    if (!isPredcacheError(error)) return false;
    return (
      error.code === 'REMOTE_PROTOCOL' || (error.code === 'REMOTE_STATUS' && error.details.status === 400)
    );
  }
}

function sizeOf(input: Tensors): number {
  return Object.values(input).reduce((size, { data }) => {
    if (ArrayBuffer.isView(data)) return size + data.byteLength;
    return data.reduce((bytes, element) => bytes + element.length, size);
  }, 0);
}

function fitsJson(input: Tensors): boolean {
  return Object.values(input).every(({ type, data }) => {
    if (type === 'float16') return false;
    if (type !== 'float32' && type !== 'float64') return true;
    return (data as Float32Array).every(Number.isFinite);
  });
}
