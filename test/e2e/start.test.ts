import { statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, RunningCommand, root, startDemo } from '../support/runningCommand.js';

const start = 'scripts/start.mjs';

describe('npm start', () => {
  it('prints one URL that serves the page, the models and the API, and does not rebuild what has not changed', async () => {
    const built = () => statSync(path.join(root, 'apps/demo/dist/index.html')).mtimeMs;
    const before = built();
    const { url, command } = await startDemo();
    expect(command.output.match(/http:\/\//g)).toHaveLength(1);
    expect(command.output).not.toMatch(/Installing|Building/);
    expect(await (await fetch(url)).text()).toMatch(/<div id="root">/);
    expect(await (await fetch(new URL('/v2/models/language-id-small', url))).json()).toMatchObject({
      name: 'language-id-small',
    });
    expect((await fetch(new URL('/models/language-id-small.onnx', url))).status).toBe(200);
    expect(built()).toBe(before);
    expect((await command.stop('SIGINT')).status).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('ends without a trace when it is told to terminate, with a connection still open', async () => {
    const { url, command } = await startDemo();
    const response = await fetch(url);
    expect((await command.stop('SIGTERM')).status).toBe(0);
    await response.body?.cancel();
  });

  it('ends with npm when npm alone is told to terminate', async () => {
    const npm = new RunningCommand('npm', ['start', '--', '--port', String(await freePort())]);
    const [url] = await npm.printed(/http:\/\/\S+/);
    npm.child.kill('SIGTERM');
    await expect
      .poll(
        () =>
          fetch(url).then(
            () => 'up',
            () => 'down',
          ),
        { timeout: 10_000 },
      )
      .toBe('down');
    await npm.finished;
  });

  describe('when the port is taken', () => {
    let server: Server;
    let port: number;

    beforeAll(async () => {
      port = await freePort();
      server = createServer().listen(port, '127.0.0.1');
    });
    afterAll(() => void server.close());

    it('says so, and the way out', async () => {
      const { status, output } = await RunningCommand.script(start, ['--port', String(port)]).finished;
      expect(status).toBe(1);
      expect(output).toContain(`Port ${port} is taken`);
      expect(output).toContain('npm start -- --port');
    });
  });

  it('refuses arguments it does not know', async () => {
    for (const args of [['--prot', '1'], ['--port', 'http'], ['--port', '70000'], ['extra']]) {
      const { status, output } = await RunningCommand.script(start, args).finished;
      expect(status).toBe(1);
      expect(output).toContain('Usage: npm start');
    }
  });
});
