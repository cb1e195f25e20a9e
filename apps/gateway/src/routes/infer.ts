import { describeError, type Tensors } from '@predcache/core';
import {
  decodeInferRequest,
  decodeRawRequest,
  type EncodedMessage,
  encodeInferResponse,
  headerLengthName,
  type InferRequest,
  type InferResponse,
} from '@predcache/remote';
import type { FastifyInstance } from 'fastify';
import { addRoute } from '../http/addRoute.js';
import { disconnectSignal } from '../http/disconnectSignal.js';
import { GatewayError } from '../http/gatewayError.js';
import { checkInputs } from '../infer/checkInputs.js';
import { checkSize } from '../infer/checkSize.js';
import { OutputPlan } from '../infer/outputPlan.js';
import type { ModelRepository } from '../models/modelRepository.js';
import type { ModelSignature } from '../onnxFile/modelSignature.js';
import { requestedModel } from './metadata.js';

/** Inference: JSON and binary, in and out. */
export function addInferRoutes(app: FastifyInstance, models: ModelRepository, maxElements: number): void {
  for (const path of ['/v2/models/:name/infer', '/v2/models/:name/versions/:version/infer']) {
    addRoute(app, 'POST', path, async (request, reply) => {
      const { file, predictor } = requestedModel(request, models);
      const headerLength = request.headers[headerLengthName.toLowerCase()];
      const message = readMessage(request.body, headerLength, file.signature);
      checkSize(message.inputs, maxElements);
      checkInputs(message.inputs, file.signature);
      const plan = new OutputPlan(message, file.signature);
      const { output } = await predictor.predict(message.inputs, { signal: disconnectSignal(reply.raw) });
      const answer = writeAnswer(
        { modelName: file.name, modelVersion: file.version, id: message.id, outputs: plan.select(output) },
        plan,
      );
      return reply.headers(answer.headers).send(Buffer.from(answer.body.buffer));
    });
  }
}

/** @throws {PredcacheError} `REMOTE_PROTOCOL`. */
function readMessage(
  body: unknown,
  headerLength: string | string[] | undefined,
  signature: ModelSignature,
): InferRequest {
  const bytes = body instanceof Uint8Array ? body : new Uint8Array();
  const length = Array.isArray(headerLength) ? headerLength.join() : headerLength;
  if (length?.trim() !== '0') return decodeInferRequest(bytes, length);
  const inputs = signature.inputs.map((input) => {
    if (input.shape !== undefined) return { ...input, shape: input.shape };
    throw new GatewayError(
      400,
      'The shape of the input cannot be told from bytes alone: send the JSON as well',
    );
  });
  return { inputs: decodeRawRequest(bytes, inputs), outputFormat: 'binary' };
}

function writeAnswer(
  response: InferResponse & { readonly outputs: Tensors },
  plan: OutputPlan,
): EncodedMessage {
  try {
    return encodeInferResponse(response, plan.formatOf);
  } catch (cause) {
    // FP16, NaN and the infinities: the prediction is there, only not in the form that was asked for.
    const what = describeError(cause);
    throw new GatewayError(406, `The answer cannot be sent as JSON. ${what}`, { cause });
  }
}
