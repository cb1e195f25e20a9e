import {
  createPredictor,
  fromFunction,
  memory,
  memoryOutbox,
  type Origin,
  type OriginWrite,
} from '@predcache/core';
import { describe, expect, it } from 'vitest';
import { failure } from '../support/failure.js';
import { taskTier } from '../support/taskTier.js';

const model = { name: 'm', version: '1' };

class Records implements Origin {
  readonly writes: OriginWrite[] = [];
  error: Error | undefined;

  async write(writes: readonly OriginWrite[]): Promise<void> {
    if (this.error !== undefined) throw this.error;
    this.writes.push(...writes);
  }
}

function make(
  origin: Origin | undefined,
  engine = fromFunction((text: string) => `computed ${text}`),
  tiers = [memory(), taskTier()],
) {
  const predictor = createPredictor<string, string>({
    model,
    tiers,
    onDevice: engine,
    origin,
    ...(origin === undefined ? {} : { outbox: memoryOutbox() }),
  });
  return { predictor, tiers };
}

describe('put, written back', () => {
  it('is acknowledged although the origin is down, and delivered when it is back', async () => {
    const origin = new Records();
    origin.error = new Error('down');
    const { predictor } = make(origin);
    await predictor.put('a', 'right', { write: 'back' });
    expect(predictor.peek('a')?.output).toBe('right');
    expect(await predictor.flush()).toMatchObject({ delivered: 0, left: 1 });
    origin.error = undefined;
    expect(await predictor.flush()).toEqual({ delivered: 1, left: 0 });
    expect(origin.writes.map(({ entry }) => entry.outputs)).toEqual(['right']);
    expect(predictor.stats().outbox).toMatchObject({ waiting: 0, delivered: 1 });
    await predictor.dispose();
  });

  it('refuses what no engine could give, and back without an outbox', async () => {
    const { predictor } = make(undefined);
    expect(await failure(predictor.put('a', (() => 1) as never))).toMatchObject({ code: 'OUTPUT_INVALID' });
    expect(await failure(predictor.put('a', 'b', { write: 'back' }))).toMatchObject({
      code: 'OPTIONS_INVALID',
    });
  });
});
