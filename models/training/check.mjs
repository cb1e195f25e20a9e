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
  rows.forEach((row, index) => data.set(row, index * length));
  const { probabilities } = await session.run({
    chars: new ort.Tensor('int32', data, [rows.length, length]),
  });
  return probabilities;
};

let worst = 0;
const answers = JSON.parse(await readFile(reference, 'utf8'));
for (const answer of answers) {
  const { data } = await run([answer.ids]);
  data.forEach((value, index) => (worst = Math.max(worst, Math.abs(value - answer.probabilities[index]))));
  if (!data.every(Number.isFinite)) throw new Error(`not finite: ${answer.text}`);
}
const together = await run(answers.map((answer) => answer.ids));
let padded = 0;
answers.forEach((answer, row) =>
  answer.probabilities.forEach(
    (value, index) =>
      (padded = Math.max(padded, Math.abs(value - together.data[row * together.dims[1] + index]))),
  ),
);
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
