import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from '../src/inputs/lines.js';
import { windowsOf } from '../src/warm/windows.js';

async function linesOf(chunks: readonly Uint8Array[]) {
  const lines: { number: number; text: string; end: number }[] = [];
  async function* source() {
    yield* chunks;
  }
  for await (const { number, bytes, end } of readLines(source()))
    lines.push({ number, text: Buffer.from(bytes).toString(), end });
  return lines;
}

describe('readLines', () => {
  it('numbers lines, passes over empty ones, and takes the last one without its break', async () => {
    expect(await linesOf([Buffer.from('a\r\n\n \t\r\nbc\nd')])).toEqual([
      { number: 1, text: 'a', end: 3 },
      { number: 4, text: 'bc', end: 11 },
      { number: 5, text: 'd', end: 12 },
    ]);
    expect(await linesOf([])).toEqual([]);
    expect(await linesOf([Buffer.from('\n\n')])).toEqual([]);
  });

  it('gives the same however the bytes are cut', async () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r', ' '), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(40)), async (text, cuts) => {
        const whole = Buffer.from(text);
        const places = [
          0,
          ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b),
          whole.length,
        ];
        const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
        const lines = await linesOf(chunks);
        expect(lines).toEqual(await linesOf([whole]));
        const kept = text.split('\n').map((line) => line.replace(/\r$/, ''));
        expect(lines.map((line) => line.text)).toEqual(kept.filter((line) => !/^[ \r]*$/.test(line)));
      }),
    );
  });
});

describe('windowsOf', () => {
  const line = (size: number) => ({ number: 1, bytes: new Uint8Array(size), end: 0 });
  /** How many lines each window has, when one takes so many ms for every line in it. */
  const sizesOf = async (sizes: readonly number[], cost = 0) => {
    async function* source() {
      for (const size of sizes) yield line(size);
    }
    const clock = { now: 0 };
    const windows: number[] = [];
    for await (const window of windowsOf(source(), () => clock.now)) {
      windows.push(window.length);
      clock.now += window.length * cost;
    }
    return windows;
  };

  it('grow to what the engine takes at once while they are done with soon', async () => {
    expect(await sizesOf(Array<number>(200).fill(1))).toEqual([8, 16, 32, 64, 64, 16]);
  });

  it('shrink where a line takes long, down to one', async () => {
    expect(await sizesOf(Array<number>(20).fill(1), 300)).toEqual([8, 4, 2, 2, 2, 2]);
    expect(await sizesOf(Array<number>(18).fill(1), 2_000)).toEqual([8, 4, 2, 1, 1, 1, 1]);
  });

  it('hold no more bytes than they may, but at least one line', async () => {
    expect(await sizesOf([2 ** 25, 1, 2 ** 24, 1])).toEqual([1, 2, 1]);
  });
});
