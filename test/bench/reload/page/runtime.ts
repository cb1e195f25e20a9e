// A fresh page that asks for one prediction from ONNX Runtime in a worker, without Predcache.

import { model, textInput } from '../../page/setting.js';
import { measured } from './measured.js';

const worker = new Worker(new URL('./runtime.worker.ts', import.meta.url), { type: 'module' });
worker.onmessage = () => measured('runtime', performance.now());
worker.postMessage({ url: new URL(model.url!, location.href).href, chars: textInput(1).chars!.data });
