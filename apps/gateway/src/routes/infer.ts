import { describeError, type Tensors } from '@predcache/core';
import {
  type EncodedMessage,
  encodeInferResponse,
  headerLengthName,
  type InferResponse,
} from '@predcache/remote';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Answer } from '../answers/answer.js';
import type { AnswerCache } from '../answers/answerCache.js';
import type { CacheHeaders } from '../answers/cacheHeaders.js';
import { sendAnswer } from '../answers/sendAnswer.js';
import type { Limits } from '../gatewayOptions.js';
import { addRoute } from '../http/addRoute.js';
import { disconnectSignal } from '../http/disconnectSignal.js';
import { GatewayError } from '../http/gatewayError.js';
import { checkInputs } from '../infer/checkInputs.js';
import { checkSize } from '../infer/checkSize.js';
import { OutputPlan } from '../infer/outputPlan.js';
import { readMessage } from '../infer/readMessage.js';
import type { ModelRepository } from '../models/modelRepository.js';
import type { ServedModel } from '../models/servedModel.js';
import { requestedModel } from './requestedModel.js';

export interface InferParts {
  readonly models: ModelRepository;
  readonly answers: AnswerCache;
  readonly cacheHeaders: CacheHeaders;
  readonly limits: Limits;
}

/** Name of the protocol's header as Node gives it. */
const headerLengthKey = headerLengthName.toLowerCase();

/** Inference: JSON, binary and raw, in and out. */
export function addInferRoutes(app: FastifyInstance, parts: InferParts): void {
  const { models } = parts;
  const infer = (request: FastifyRequest, reply: FastifyReply) => {
    const served = requestedModel(request, reply, models);
    if (served instanceof Promise) return served.then((model) => answer(parts, model, request, reply));
    return answer(parts, served, request, reply);
  };
  for (const path of ['/v2/models/:name/infer', '/v2/models/:name/versions/:version/infer'])
    addRoute(app, 'POST', path, infer);
}

/** Up to its first wait this is synchronous, so that what was asked before costs no more turns than sending it. */
function answer(
  parts: InferParts,
  served: ServedModel,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply | Promise<FastifyReply> {
  const started = performance.now();
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  const given = request.headers[headerLengthKey];
  const headerLength = Array.isArray(given) ? given.join() : given;
  const requestId = parts.answers.requestId(served, body, headerLength);
  const kept = parts.answers.find(requestId, served);
  if (kept === undefined) return compute(parts, served, request, reply, { body, headerLength, requestId });
  const { key, createdAt, cost } = kept.entry;
  const age = Math.max(0, Date.now() - createdAt);
  const latency = performance.now() - started;
  const timeSaved = Math.max(0, cost - latency);
  served.report({ type: 'hit', key, source: 'memory', isStale: false, latency, age, timeSaved });
  return sendAnswer(request, reply, kept.answer, { outcome: 'hit', key, age }, parts.cacheHeaders);
}

interface Asked {
  readonly body: Uint8Array;
  readonly headerLength: string | undefined;
  readonly requestId: string;
}

async function compute(
  { answers, cacheHeaders, limits }: InferParts,
  served: ServedModel,
  request: FastifyRequest,
  reply: FastifyReply,
  { body, headerLength, requestId }: Asked,
): Promise<FastifyReply> {
  const { name, signature } = served.description;
  const message = readMessage(body, headerLength, signature, limits);
  checkSize(message.inputs, signature, limits);
  checkInputs(message.inputs, signature);
  const plan = new OutputPlan(message, signature);
  const { prediction, outcome } = await served.predict(message.inputs, disconnectSignal(reply.raw));
  const { output, model, key, age, isStale } = prediction;
  const written = new Answer(
    write(
      { modelName: name, modelVersion: model.version, id: message.id, outputs: plan.select(output) },
      plan,
    ),
  );
  if (outcome === 'hit' && !isStale) answers.keep(requestId, served, key, written);
  return sendAnswer(request, reply, written, { outcome, key, age }, cacheHeaders);
}

function write(response: InferResponse & { readonly outputs: Tensors }, plan: OutputPlan): EncodedMessage {
  try {
    return encodeInferResponse(response, plan.formatOf);
  } catch (cause) {
    // FP16, NaN and the infinities: the prediction is there, only not in the form that was asked for.
    const what = describeError(cause);
    throw new GatewayError(406, `The answer cannot be sent as JSON. ${what}`, { cause });
  }
}
