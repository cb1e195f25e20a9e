import { oneAfterAnother } from '../oneAfterAnother.js';
import type { OrtModule } from '../session/runtime.js';

export type Exclusively = <T>(task: () => Promise<T>) => Promise<T>;

const queues = new WeakMap<OrtModule, Exclusively>();

/**
 * Uses one runtime for one thing at a time, whoever asks, in the order of asking. Runs of two sessions that overlap take
 * each other's stack in the wasm heap away: onnxruntime-web keeps its arguments there while it waits. Building two
 * sessions at once would mix up their external data, and a GPU takes one run at a time.
 */
export function oneAtATime(ort: OrtModule): Exclusively {
  const known = queues.get(ort);
  if (known !== undefined) return known;
  const exclusively = oneAfterAnother();
  queues.set(ort, exclusively);
  return exclusively;
}
