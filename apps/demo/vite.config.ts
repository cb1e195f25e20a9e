import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';
import { languageModels } from './plugins/languageModels.js';
import { precompressed } from './plugins/precompressed.js';

const gateway = 'http://127.0.0.1:8080';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [
    react(),
    languageModels(fileURLToPath(new URL('../../models', import.meta.url))),
    precompressed(),
  ],
  // Workspace packages are bundled from their sources: no build of theirs has to come first. Holds for workers, too.
  resolve: { conditions: ['@predcache/source', ...defaultClientConditions] },
  worker: { format: 'es' },
  // Found only when the worker first runs, which would reload the page.
  optimizeDeps: { include: ['@predcache/onnx > onnxruntime-web/wasm'] },
  // Compressing takes most of a build, as it should: that is nothing to warn about.
  build: { target: 'es2022', rolldownOptions: { checks: { bundlerTimings: false } } },
  server: { proxy: { '/v2': gateway, '/models': gateway } },
  preview: { proxy: { '/v2': gateway, '/models': gateway } },
});
