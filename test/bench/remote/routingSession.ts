import { setTimeout as pause } from 'node:timers/promises';
import { createPredictor, fromFunction, type InferenceMode } from '@predcache/core';
import { type Device, session } from './routingCells.js';
import { SimulatedDevice } from './routingDevice.js';

export interface SessionOptions {
  readonly device: Device;
  readonly inferenceMode: InferenceMode;
  /** Of the session's own line to the server. */
  readonly url: string;
  /** By how much everything goes faster than in the life that is simulated: times and bytes are divided by it. */
  readonly speed: number;
}

export interface SessionResult {
  /** ms that a request takes, as if at speed 1. */
  readonly mean: number;
  /** Requests that the device has answered. */
  readonly onDevice: number;
}

/** A user who asks something new every second, starting without the model. */
export async function simulateSession(options: SessionOptions): Promise<SessionResult> {
  const { device, inferenceMode, url, speed } = options;
  const bytes = Math.round(session.inputBytes / speed);
  const predictor = createPredictor<string, string>({
    model: { name: 'simulated', version: '1' },
    inferenceMode,
    // As it would be at speed 1.
    routing: { downloadAfter: 100 / speed },
    onDevice: new SimulatedDevice({
      modelUrl: `${url}/model/${Math.round(session.modelBytes / speed)}`,
      start: device.start / speed,
      run: device.run / speed,
    }),
    inCloud: fromFunction(async (image: string, { signal }) => {
      const response = await fetch(`${url}/infer`, { method: 'POST', body: image, signal });
      return (await response.json()) as string;
    }),
  });
  const began = performance.now();
  const asked: Promise<{ readonly took: number; readonly source: string }>[] = [];
  for (let request = 0; request < session.requests; request++) {
    await pause(began + (request * session.every) / speed - performance.now());
    const started = performance.now();
    const answer = predictor.predict(`${request} `.padEnd(bytes, 'x'));
    asked.push(answer.then(({ source }) => ({ took: performance.now() - started, source })));
  }
  const answers = await Promise.all(asked);
  await predictor.dispose();
  const total = answers.reduce((sum, { took }) => sum + took, 0);
  return {
    mean: (total / answers.length) * speed,
    onDevice: answers.filter(({ source }) => source === 'on_device').length,
  };
}
