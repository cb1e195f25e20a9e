import { playwright } from '@vitest/browser-playwright';
import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { chromiumArguments, findChromium } from './scripts/lib/chromium.mjs';

/** Workspace packages are read from their sources, so that tests need no build. */
const sourceCondition = '@predcache/source';
const clientConditions = [sourceCondition, ...defaultClientConditions];
const serverConditions = [sourceCondition, ...defaultServerConditions];

const fromSource = {
  resolve: { conditions: clientConditions },
  ssr: { resolve: { conditions: serverConditions, externalConditions: serverConditions } },
};

const browserTests = '**/*.browser.test.{ts,tsx}';
const domTests = '**/*.dom.test.{ts,tsx}';
const executablePath = findChromium();

export default defineConfig({
  test: {
    projects: [
      {
        ...fromSource,
        test: {
          name: 'node',
          environment: 'node',
          include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/node/**/*.test.ts'],
          exclude: [browserTests, domTests, '**/node_modules/**'],
        },
      },
      {
        ...fromSource,
        test: {
          name: 'dom',
          environment: 'happy-dom',
          include: [`{packages,apps}/${domTests}`],
          exclude: ['**/node_modules/**'],
        },
      },
      {
        ...fromSource,
        optimizeDeps: { include: ['idb', 'comlink', 'onnxruntime-web/wasm', 'fast-check'] },
        test: {
          name: 'browser',
          // One group after another: a browser that has to share its cores with everything else starts too slowly.
          sequence: { groupOrder: 1 },
          include: [`{packages,test}/${browserTests}`],
          exclude: ['**/node_modules/**'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                args: chromiumArguments,
                ...(executablePath === undefined ? {} : { executablePath }),
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        ...fromSource,
        test: {
          name: 'e2e',
          environment: 'node',
          sequence: { groupOrder: 2 },
          include: ['test/e2e/**/*.test.ts', 'test/faults/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
