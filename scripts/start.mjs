// npm start: installs, builds and serves the demo and its inference API at one URL.
import { createServer } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { endWithNpm } from './lib/endWithNpm.mjs';
import { checkNode, ensureBuilt, ensureInstalled, root } from './lib/workspace.mjs';

const usage = 'Usage: npm start -- [--port N] [--host ADDRESS]';

try {
  checkNode();
  endWithNpm();
  const { port, host } = readArguments();
  await requireFreePort(port, host);
  await ensureInstalled();
  await ensureBuilt();
  const { run } = await import(pathToFileURL(path.join(root, 'apps/gateway/dist/cli/run.js')).href);
  process.exitCode = await run([
    '--models',
    path.join(root, 'models'),
    '--static',
    path.join(root, 'apps/demo/dist'),
    '--port',
    String(port),
    '--host',
    host,
  ]);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: { port: { type: 'string', default: '8080' }, host: { type: 'string', default: '127.0.0.1' } },
    });
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port < 1 || port > 65535)
      throw new Error(`--port is ${values.port}, which is no port.`);
    return { port, host: values.host };
  } catch (error) {
    throw new Error(`${error.message}\n${usage}`);
  }
}

/** Asked before anything is installed or built: nobody wants to wait for that only to read that the port is taken. */
function requireFreePort(port, host) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          new Error(
            `Port ${port} is taken. Stop what uses it, or choose another one: npm start -- --port ${port < 65535 ? port + 1 : port - 1}`,
          ),
        );
      } else if (error.code === 'EACCES') {
        reject(
          new Error(
            `Port ${port} needs rights this user does not have. Choose one from 1024 on: npm start -- --port 8080`,
          ),
        );
      } else reject(error);
    });
    probe.listen(port, host, () => probe.close(resolve));
  });
}
