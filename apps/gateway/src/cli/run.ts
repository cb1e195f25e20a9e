import { isPredcacheError } from '@predcache/core';
import type { FastifyInstance } from 'fastify';
import { buildGateway } from '../buildGateway.js';
import { type CommandLine, readCommandLine, usage } from './commandLine.js';
import { readApiKeys } from './readApiKeys.js';
import { UsageError } from './usageError.js';

/** Runs the gateway until it is told to stop. Gives the exit code: 0, 1 for what went wrong, 2 for a wrong flag. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const commandLine = readCommandLine(args, process.env);
    if (commandLine === undefined) {
      console.log(usage);
      return 0;
    }
    await serve(commandLine);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${usage}`);
      return 2;
    }
    console.error(explain(error));
    return 1;
  }
}

async function serve({ gateway: options, host, port, ...rest }: CommandLine): Promise<void> {
  const stopped = stopSignal();
  const gateway = await buildGateway({ ...options, apiKeys: await readApiKeys(rest.apiKeys, process.env) });
  try {
    const url = await gateway.listen({ host, port, listenTextResolver: () => '' });
    console.log(`Predcache gateway: ${url}`);
    await stopped;
    gateway.drain();
    if (rest.drainDelay > 0) await new Promise((resolve) => setTimeout(resolve, rest.drainDelay));
  } finally {
    await close(gateway, rest.drainTimeout);
  }
}

/** Settles on Ctrl-C and on the request to terminate. A second one ends the process as it would without us. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

/** Lets requests under way finish, for as long as they may take. */
async function close(gateway: FastifyInstance, timeout: number): Promise<void> {
  const timer = setTimeout(() => gateway.server.closeAllConnections(), timeout);
  await gateway.close();
  clearTimeout(timer);
}

function explain(error: unknown): string {
  const { code, port, address } = (error ?? {}) as { code?: unknown; port?: unknown; address?: unknown };
  if (code === 'EADDRINUSE') {
    return `Port ${port} of ${address} is taken. Choose another one with --port N, or --port 0 for any that is free.`;
  }
  if (code === 'EACCES' && port !== undefined) {
    return `Port ${port} may not be used by this user. Choose one above 1023 with --port N.`;
  }
  if (isPredcacheError(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
