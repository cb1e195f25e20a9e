import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface InferenceServer {
  /** For instance `http://127.0.0.1:41234/v2`. */
  readonly baseUrl: string;
  close(): Promise<void>;
}

/** Starts the server of this folder in a process of its own. */
export async function startInferenceServer(): Promise<InferenceServer> {
  const script = fileURLToPath(new URL('./inferenceServer.mjs', import.meta.url));
  const child = fork(script, { execArgv: [], env: { ...process.env, NODE_OPTIONS: '' } });
  const exited = once(child, 'exit');
  const ended = exited.then(([code]) => {
    throw new Error(`The inference server ended with ${code}`);
  });
  const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
  ended.catch(() => {});
  return {
    baseUrl: `http://127.0.0.1:${port}/v2`,
    close: async () => {
      child.kill();
      await exited;
    },
  };
}
