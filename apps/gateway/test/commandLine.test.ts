import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readCommandLine } from '../src/cli/commandLine.js';
import { infer, send } from './support/requests.js';
import { testModelsFolder } from './support/testModels.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

interface Running {
  readonly process: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly exit: Promise<number | null>;
}

/** Starts the gateway as a user would; it is gone when the test is over. */
function start(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (output.stdout += data));
  child.stderr.on('data', (data) => (output.stderr += data));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { process: child, output, exit: once(child, 'close').then(([code]) => code as number | null) };
}

function models(): string {
  const { folder, remove } = testModelsFolder();
  onTestFinished(remove);
  return folder;
}

async function urlOf({ output }: Running): Promise<string> {
  await expect.poll(() => output.stdout, { timeout: 20_000 }).toMatch(/http:\S+\n/);
  return /http:\S+/.exec(output.stdout)![0];
}

describe('readCommandLine', () => {
  const defaults = {
    host: '127.0.0.1',
    port: 8080,
    apiKeys: undefined,
    drainDelay: 0,
    drainTimeout: 3_000,
    gateway: {
      models: 'models',
      watch: true,
      exposeKeys: false,
      limits: {
        maxBodySize: 8 * 1024 * 1024,
        maxElements: 16_384,
        maxBatchSize: 1_024,
        maxQueueLength: 1_000,
        requestTimeout: 30_000,
      },
      logger: false,
    },
  };

  it('has defaults for everything', () => {
    expect(readCommandLine([])).toEqual(defaults);
  });

  it('reads every flag', () => {
    const args =
      '--models m --upstream http://u/v2 --port=0 --host ::1 --static dist --no-watch --cache-size 1 --ttl 2 --predictions off' +
      ' --expose-keys --api-keys file --rate-limit 3 --max-body 10 --max-elements 20 --max-batch 30 --max-queue 40' +
      ' --request-timeout 50 --drain-delay 60 --drain-timeout 70 --cache-control no-cache --log';
    const environment = { PREDCACHE_UPSTREAM_AUTHORIZATION: 'Bearer t' };
    expect(readCommandLine(args.split(' '), environment)).toEqual({
      host: '::1',
      port: 0,
      apiKeys: 'file',
      drainDelay: 60,
      drainTimeout: 70,
      gateway: {
        models: 'm',
        upstream: { url: 'http://u/v2', headers: { authorization: 'Bearer t' } },
        watch: false,
        site: 'dist',
        cacheSize: 1,
        ttl: 2,
        cacheControl: 'no-cache',
        sharedPredictions: false,
        exposeKeys: true,
        rateLimit: { perSecond: 3 },
        limits: {
          maxBodySize: 10,
          maxElements: 20,
          maxBatchSize: 30,
          maxQueueLength: 40,
          requestTimeout: 50,
        },
        logger: true,
      },
    });
    expect(readCommandLine(['--help'])).toBeUndefined();
  });

  it('needs no models where there is an upstream', () => {
    expect(readCommandLine(['--upstream', 'https://u'])?.gateway).toMatchObject({
      models: undefined,
      upstream: { url: 'https://u', headers: undefined },
    });
  });

  it.each([
    [['--prot', '80'], '--prot'],
    [['--port'], '--port'],
    [['--port', 'http'], "not 'http'"],
    [['--port', '65536'], '65535'],
    [['--port', '-1'], '--port'],
    [['--max-body', '0'], '--max-body'],
    [['--max-elements', '0'], '--max-elements'],
    [['--max-elements', '1e3'], "not '1e3'"],
    [['models'], 'models'],
    [['--upstream', 'localhost:1'], 'http:'],
    [['--predictions', 'maybe'], 'on or off'],
    [['--ttl', '0'], '--ttl'],
    [['--drain-timeout', '9999999999'], '--drain-timeout'],
  ])('refuses %j', (args, said) => {
    expect(() => readCommandLine(args)).toThrowError(expect.objectContaining({ name: 'UsageError' }));
    expect(() => readCommandLine(args)).toThrowError(said);
  });
});

describe('the command', () => {
  beforeAll(() => {
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const built = spawnSync(process.execPath, [tsc, '-b', 'apps/gateway'], { cwd: root, encoding: 'utf8' });
    expect(built.status, built.stdout).toBe(0);
  }, 120_000);

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'prints one line, serves, and ends with 0 on %s',
    async (signal) => {
      const gateway = start('--models', models(), '--port', '0');
      const url = await urlOf(gateway);
      const input = { name: 'x', shape: [1], datatype: 'FP32', data: [5] };
      expect((await infer({ url }, 'identity', { inputs: [input] })).json).toMatchObject({
        outputs: [{ data: [5] }],
      });
      gateway.process.kill(signal);
      expect(await gateway.exit).toBe(0);
      expect(gateway.output).toEqual({ stdout: `Predcache gateway: ${url}\n`, stderr: '' });
      await expect(send(url)).rejects.toThrow();
    },
  );

  it('ends on Ctrl-C also while a client is in the middle of its request', async () => {
    const gateway = start('--models', models(), '--port', '0');
    const { port } = new URL(await urlOf(gateway));
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('POST /v2/models/add/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    await send(`http://127.0.0.1:${port}/v2`);
    gateway.process.kill('SIGINT');
    expect(await gateway.exit).toBe(0);
    socket.destroy();
  }, 20_000);

  it('says which port is taken, and the way out', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const gateway = start('--models', models(), '--port', String(port));
    expect(await gateway.exit).toBe(1);
    expect(gateway.output.stderr).toContain(`Port ${port}`);
    expect(gateway.output.stderr).toContain('--port N');
    expect(gateway.output.stderr.trim().split('\n')).toHaveLength(1);
    expect(gateway.output.stdout).toBe('');
  });

  it('says what is wrong with a flag, and how to use it', async () => {
    const gateway = start('--prot', '80');
    expect(await gateway.exit).toBe(2);
    expect(gateway.output.stderr).toMatch(/--prot[\s\S]*Usage: predcache-gateway/);
  });

  it('says in one line when there are no models', async () => {
    const gateway = start('--models', 'no/such/folder');
    expect(await gateway.exit).toBe(1);
    expect(gateway.output.stderr.trim().split('\n')).toHaveLength(1);
    expect(gateway.output.stderr).toContain('.onnx');
  });

  it('explains itself', async () => {
    const gateway = start('--help');
    expect(await gateway.exit).toBe(0);
    expect(gateway.output.stdout).toContain('--models DIR');
    expect(gateway.output.stdout).toMatch(/--max-elements N .*\(default: 16384\)/);
  });

  it('logs requests when told to', async () => {
    const gateway = start('--models', models(), '--port', '0', '--log');
    await send(`${await urlOf(gateway)}/v2`);
    await expect.poll(() => gateway.output.stdout).toContain('"path":"/v2"');
    gateway.process.kill('SIGTERM');
    expect(await gateway.exit).toBe(0);
  });
});
