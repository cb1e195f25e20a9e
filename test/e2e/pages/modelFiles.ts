import { deleteModelFiles, type ModelFilesSelector, modelFiles } from '@predcache/onnx';
import { areFilesStored } from '../../../packages/onnx/src/files/storedModels.js';
import type { ModelReference } from '../../../packages/onnx/src/session/modelReference.js';
import type { LoadOutcome, LoadRequest } from './modelFiles.worker.js';

type Step = readonly [loaded: number, total: number | undefined];

interface Load {
  readonly worker: Worker;
  readonly steps: Step[];
  readonly outcome: Promise<LoadOutcome>;
}

const loads = new Map<string, Load>();

const offered = {
  /** Begins a load in a worker of its own. */
  start(name: string, request: LoadRequest): void {
    const worker = new Worker(new URL('./modelFiles.worker.ts', import.meta.url), { type: 'module' });
    const steps: Step[] = [];
    const outcome = new Promise<LoadOutcome>((resolve) => {
      worker.onmessage = ({ data }) => {
        if (data.step) steps.push(data.step);
        else resolve(data.outcome);
      };
    });
    worker.postMessage(request);
    loads.set(name, { worker, steps, outcome });
  },
  outcome: (name: string) => loads.get(name)!.outcome,
  steps: (name: string) => loads.get(name)!.steps,
  abort: (name: string) => loads.get(name)!.worker.postMessage('abort'),
  kill: (name: string) => loads.get(name)!.worker.terminate(),
  list: () => modelFiles(),
  delete: (selector: ModelFilesSelector) => deleteModelFiles(selector),
  isStored: (model: ModelReference) => areFilesStored(model, { name: 'predcache-models', keepVersions: 1 }),
  isSecure: () => isSecureContext,
  caches: async () => ('caches' in globalThis ? caches.keys() : []),
  async urls(): Promise<string[]> {
    const cache = await caches.open('predcache-models');
    return (await cache.keys()).map(({ url }) => url);
  },
  /** Changes one of the parts there are. */
  async damage(index: number, how: 'missing' | 'short' | 'other bytes' | 'long'): Promise<void> {
    const cache = await caches.open('predcache-models');
    const url = (await offered.urls()).find(
      (one) => one.includes('/part?') && one.endsWith(`index=${index}`),
    )!;
    if (how === 'missing') return void (await cache.delete(url));
    const bytes = new Uint8Array(await (await cache.match(url))!.arrayBuffer());
    if (how === 'other bytes') bytes[1000] = bytes[1000]! ^ 1;
    const longer = new Uint8Array(bytes.length + 1);
    await cache.put(url, new Response(how === 'short' ? bytes.slice(1) : how === 'long' ? longer : bytes));
  },
  /** Makes a record look as if it were of another time. */
  async age(kind: string, by: number): Promise<void> {
    const cache = await caches.open('predcache-models');
    for (const url of (await offered.urls()).filter((one) => one.includes(`/${kind}?`))) {
      const record = await (await cache.match(url))!.json();
      record.at -= by;
      await cache.put(url, new Response(JSON.stringify(record)));
    }
  },
};

export type ModelFilesPage = typeof offered;
Object.assign(window, { modelFilesPage: offered });
