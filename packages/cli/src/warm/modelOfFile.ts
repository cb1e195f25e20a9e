import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describeError, type Model, PredcacheError } from '@predcache/core';
import type { WarmOptions } from './warmOptions.js';

/**
 * The model's identity, as a page would give it. The engine checks the file against `integrity` when it loads it.
 *
 * @throws {PredcacheError} `OPTIONS_INVALID`: the file cannot be read.
 */
export async function modelOfFile({
  model: file,
  name = path.basename(file, '.onnx'),
  version = '1',
  integrity,
}: Pick<WarmOptions, 'model' | 'name' | 'version' | 'integrity'>): Promise<Model> {
  const url = path.resolve(file);
  const digest = await digestOf(url);
  if (integrity === false) return { name, version, url };
  return { name, version, url, integrity: integrity ?? digest };
}

async function digestOf(file: string): Promise<string> {
  try {
    return `sha256-${createHash('sha256')
      .update(await readFile(file))
      .digest('base64')}`;
  } catch (cause) {
    throw new PredcacheError({
      code: 'OPTIONS_INVALID',
      what: `The model file cannot be read: ${describeError(cause)}`,
      where: file,
      hint: 'Give --model the path of an .onnx file',
      cause,
    });
  }
}
