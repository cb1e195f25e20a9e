import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, createServer, defaultClientConditions, type InlineConfig, preview } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface ServedPageOptions {
  /** Of everything that is answered. */
  readonly headers: Readonly<Record<string, string>>;
  /** Built as for production, or by the development server. */
  readonly how: 'built' | 'dev';
}

export interface ServedPage {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves one page of `test/e2e/pages` under response headers of its own. */
export async function servedPage(name: string, { headers, how }: ServedPageOptions): Promise<ServedPage> {
  const source = path.join(root, 'test/e2e/pages');
  const outDir = path.join(root, '.cache/servedPages', path.parse(name).name);
  const common = {
    configFile: false,
    root: source,
    logLevel: 'warn',
    resolve: { conditions: ['@predcache/source', ...defaultClientConditions] },
  } satisfies InlineConfig;
  const address = { host: '127.0.0.1', port: 0, headers: { ...headers } };
  const server =
    how === 'dev'
      ? await createServer({
          ...common,
          cacheDir: path.join(root, '.cache/servedPages/dev'),
          optimizeDeps: { include: ['comlink', 'onnxruntime-web/wasm', 'onnxruntime-web/webgpu'] },
          server: { ...address, fs: { allow: [root], strict: true, deny: [] } },
        }).then((dev) => dev.listen())
      : await built();
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('The page is not served anywhere');
  return { url: `${url}${name}`, close: () => server.close() };

  async function built() {
    await build({
      ...common,
      build: {
        outDir,
        emptyOutDir: true,
        target: 'es2022',
        rollupOptions: { input: [path.join(source, name)] },
      },
    });
    return preview({ ...common, build: { outDir }, preview: address });
  }
}
