// Runs the models in onnxruntime-web (wasm, one thread), compares them with torch's answers and takes the time.
//   node check.mjs MODEL.onnx REFERENCE.json      (copy this file to a folder where onnxruntime-web is installed)
import { readFile } from 'node:fs/promises';
import * as ort from 'onnxruntime-web/wasm';

ort.env.wasm.numThreads = 1;
const [model, reference] = process.argv.slice(2);
const session = await ort.InferenceSession.create(await readFile(model));
const run = async (rows) => {
  const length = Math.max(...rows.map((row) => row.length));
  const data = new Int32Array(rows.length * length);
  for (const [index, row] of rows.entries()) data.set(row, index * length);
  const { probabilities } = await session.run({
    chars: new ort.Tensor('int32', data, [rows.length, length]),
  });
  return probabilities;
};

/** The largest difference between some probabilities and those torch gave. */
const difference = (probabilities, expected) =>
  Math.max(...expected.map((value, index) => Math.abs(value - probabilities[index])));

let worst = 0;
const answers = JSON.parse(await readFile(reference, 'utf8'));
for (const answer of answers) {
  const { data } = await run([answer.ids]);
  worst = Math.max(worst, difference(data, answer.probabilities));
  if (!data.every(Number.isFinite)) throw new Error(`not finite: ${answer.text}`);
}
const together = await run(answers.map((answer) => answer.ids));
let padded = 0;
const [, labels] = together.dims;
for (const [row, { probabilities }] of answers.entries()) {
  padded = Math.max(padded, difference(together.data.slice(row * labels, (row + 1) * labels), probabilities));
}
const empty = await run([
  [0, 0, 0],
  [0, 0, 0],
]);
if (![...empty.data].every(Number.isFinite)) throw new Error('not finite: padding only');
console.log(
  `largest difference from torch ${worst.toExponential(1)}, in one padded batch ${padded.toExponential(1)}`,
);
if (Math.max(worst, padded) > 1e-4) process.exitCode = 1;

for (const length of [8, 32, 256, 400, 1024]) {
  const ids = Array.from({ length }, (_, index) => (index % 7 === 6 ? 2 : 3 + ((index * 5) % 26)));
  const times = [];
  for (let round = 0; round < 60; round++) {
    const before = performance.now();
    await run([ids]);
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  console.log(`${length} characters: median ${times[30].toFixed(2)} ms, best ${times[0].toFixed(2)} ms`);
}
