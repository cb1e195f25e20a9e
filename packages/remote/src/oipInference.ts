import type { ResultFreshness, Tensors } from '@predcache/core';
import type { FormatChoice, FormatPlan } from './formatChoice.js';
import { resultFreshness } from './freshness/resultFreshness.js';
import type { OipServer } from './oipServer.js';
import { encodeInferRequest } from './protocol/inferRequest.js';
import { decodeInferResponse } from './protocol/inferResponse.js';
import { headerLengthName } from './protocol/message.js';
import type { RequestCompression } from './requestCompression.js';
import type { Answer } from './transport/exchange.js';
import { isCrossOrigin } from './transport/resolveUrl.js';
import type { Call } from './transport/transport.js';

/** What came of one input; `outputs` is undefined where the server said that what is stored is still right. */
export interface Inferred {
  readonly outputs: Tensors | undefined;
  readonly freshness: ResultFreshness | undefined;
}

export interface OipInferenceOptions {
  readonly server: OipServer;
  readonly formats: FormatChoice;
  readonly compression: RequestCompression;
}

/** One inference request after another until one is answered in a form that can be read here. */
export class OipInference {
  readonly #server: OipServer;
  readonly #formats: FormatChoice;
  readonly #compression: RequestCompression;

  constructor({ server, formats, compression }: OipInferenceOptions) {
    this.#server = server;
    this.#formats = formats;
    this.#compression = compression;
  }

  /** @param etag of what is stored already: then the answer may be that it is still right */
  async infer(call: Call, path: string, given: Tensors, etag?: string): Promise<Inferred> {
    let input = given;
    if (this.#formats.mustAsk(input)) {
      // What it is now counts, not what it may be once the server has answered.
      input = structuredClone(given);
      this.#formats.learn(await this.#server.hasBinary());
    }
    const { url } = this.#server.request('POST', `${path}/infer`);
    for (let plan: FormatPlan | undefined = this.#formats.plan(input); ; ) {
      try {
        const answer = await this.#send(call, path, input, plan, etag);
        const headerLength = answer.headers.get(headerLengthName);
        if (this.#formats.cannotRead(plan, headerLength, answer.headers.get('content-type'))) {
          plan = { ...plan, output: 'json' };
          continue;
        }
        const freshness = resultFreshness(answer.headers);
        const isUnchanged = answer.status === 304;
        const outputs = isUnchanged
          ? undefined
          : decodeInferResponse(answer.body, headerLength, `POST ${url}`).outputs;
        this.#formats.worked(plan, answer.body.length);
        return { outputs, freshness };
      } catch (error) {
        call.signal.throwIfAborted();
        plan = await this.#nextPlan(plan, error, input, url);
      }
    }
  }

  /** @throws what went wrong, where no other plan would do better */
  async #nextPlan(plan: FormatPlan, error: unknown, input: Tensors, url: string): Promise<FormatPlan> {
    const next = this.#formats.next(plan, error, input, isCrossOrigin(url));
    if (next !== undefined) return next;
    if (!this.#formats.mayNeedBinary(plan, error)) throw error;
    this.#formats.learn(await this.#server.hasBinary());
    const other = this.#formats.plan(input);
    if (other.output === plan.output) throw error;
    return other;
  }

  async #send(
    call: Call,
    path: string,
    input: Tensors,
    plan: FormatPlan,
    etag: string | undefined,
  ): Promise<Answer> {
    const message = encodeInferRequest({ inputs: input, outputFormat: plan.output }, plan.input);
    const conditions: Record<string, string> = etag === undefined ? {} : { 'If-None-Match': etag };
    const send = async ({ headers, body }: typeof message): Promise<Answer> => {
      const request = this.#server.request('POST', `${path}/infer`, { ...headers, ...conditions }, body);
      const isOnTrial = this.#formats.isOnTrial(plan, isCrossOrigin(request.url));
      const options = { isConditional: etag !== undefined, ...(isOnTrial ? { retries: 0 } : {}) };
      const answer = await call.send(request, options);
      this.#compression.heard(answer.headers);
      return answer;
    };
    if (!this.#compression.appliesTo(message)) return send(message);
    const compressed = await this.#compression.apply(message);
    try {
      const answer = await send(compressed);
      this.#compression.worked();
      return answer;
    } catch (error) {
      if (!this.#compression.mayBeRefused(error)) throw error;
      const answer = await send(message);
      this.#compression.turnOff();
      return answer;
    }
  }
}
