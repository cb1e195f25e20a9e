import { stat } from 'node:fs/promises';
import { createPredictor, type Model, PredcacheError } from '@predcache/core';
import { onnxNode } from '@predcache/onnx/node';
import { readLines } from '../inputs/lines.js';
import { openInputs } from '../inputs/openInputs.js';
import { tensorsFromJson } from '../inputs/tensorsFromJson.js';
import { packTier } from '../pack/packTier.js';
import { PartialPack } from '../pack/partialPack.js';
import { writePack } from '../pack/writePack.js';
import { type AppEncode, loadAppEncode } from './appEncode.js';
import { modelOfFile } from './modelOfFile.js';
import { predictLines } from './predictLines.js';
import type { WarmOptions, WarmResult } from './warmOptions.js';

/**
 * Computes predictions beforehand and writes them to a warm pack, which pages load. Keys and entries are those that a
 * page's own predictor would make: it is the same pipeline, with the pack as its tier. What an interrupted run has
 * computed is not computed again.
 *
 * @throws {PredcacheError} for options, files and inputs that are of no use; the signal's reason. The pack is then what
 *   it was, and what was computed is kept for the next run.
 *
 * @example
 * const { predictions, size } = await warm({ model: 'sentiment.onnx', inputs: 'inputs.jsonl', out: 'pack.bin' });
 */
export async function warm(options: WarmOptions): Promise<WarmResult> {
  const { out, encode, signal } = options;
  await refuseFolder(out);
  const model = await modelOfFile(options);
  const app = encode === undefined ? { encode: tensorsFromJson } : await loadAppEncode(encode);
  const pack = new PartialPack(`${out}.partial`);
  const end = new AbortController();
  const abort = () => end.abort(signal!.reason);
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort);
  try {
    const { good, bad } = await fill(pack, model, app, options, end);
    const size = await writePack(out, pack.wantedEntries(), end.signal);
    const { wanted, computed } = pack;
    await pack.remove();
    return {
      predictions: wanted,
      computed,
      resumed: wanted - computed,
      duplicates: good - wanted,
      bad,
      size,
    };
  } finally {
    signal?.removeEventListener('abort', abort);
    await pack.close();
  }
}

/** Predicts every input into the pack. */
async function fill(
  pack: PartialPack,
  model: Model,
  app: AppEncode,
  options: WarmOptions,
  end: AbortController,
): Promise<{ readonly good: number; readonly bad: number }> {
  const predictor = createPredictor<unknown, unknown, never>({
    ...app,
    model,
    tiers: [packTier(pack)],
    // Pages meet these answers: they must have the bits of a browser.
    onDevice: onnxNode({ runtime: 'web' }),
    inferenceMode: 'only_on_device',
    // The bound on lines holds; what a page takes is the page's own affair.
    maxInputSize: Number.POSITIVE_INFINITY,
    // However cheap the model: what the pack has is not computed again.
    tierSkipping: 'never',
  });
  // For the pipeline a tier that fails is one to do without. Here it is the pack.
  predictor.subscribe((event) => {
    if (event.type === 'tier-error') end.abort(event.error);
  });
  try {
    await pack.open({ modelId: predictor.modelId, restart: options.restart });
    const { chunks, size, name } = await openInputs(options.inputs, end.signal);
    const { onProgress } = options;
    onProgress?.({ inputs: 0, bytes: 0, totalBytes: size });
    return await predictLines({
      ...options,
      predictor,
      lines: readLines(chunks),
      name,
      signal: end.signal,
      onLines: (inputs, bytes) => onProgress?.({ inputs, bytes, totalBytes: size }),
    });
  } catch (error) {
    // A stream that is aborted says so in words of its own.
    throw end.signal.aborted ? end.signal.reason : error;
  } finally {
    await predictor.dispose();
  }
}

/** Asked before anything is computed, which may take hours. */
async function refuseFolder(out: string): Promise<void> {
  const status = await stat(out).catch(() => undefined);
  if (status?.isDirectory() !== true) return;
  throw new PredcacheError({
    code: 'OPTIONS_INVALID',
    what: 'It is a folder',
    where: out,
    hint: 'Give --out the path of a file',
  });
}
