// An Open Inference Protocol server that computes nothing, in a process of its own: what it takes is the same for whoever
// asks. `POST /v2/models/FORMAT-COUNT/infer` answers COUNT floats, as `json` or `binary`; its parent hears its port.
import { createServer } from 'node:http';

const answers = new Map();

function answerOf(format, count) {
  const data = Float32Array.from({ length: count }, (_, index) => Math.fround(Math.sin(index)));
  const output = { name: 'y', datatype: 'FP32', shape: [1, count] };
  if (format === 'json') {
    const body = JSON.stringify({ model_name: 'm', outputs: [{ ...output, data: [...data] }] });
    return { headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
  }
  const described = { ...output, parameters: { binary_data_size: data.byteLength } };
  const head = Buffer.from(JSON.stringify({ model_name: 'm', outputs: [described] }));
  return {
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(head.length),
    },
    body: Buffer.concat([head, Buffer.from(data.buffer)]),
  };
}

const crossOrigin = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-expose-headers': 'inference-header-content-length',
  'access-control-max-age': '600',
};

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const [, format, count] = /^\/v2\/models\/(json|binary)-(\d+)\/infer$/.exec(request.url) ?? [];
    if (request.method === 'OPTIONS' || format === undefined) {
      response.writeHead(request.method === 'OPTIONS' ? 204 : 404, crossOrigin).end();
      return;
    }
    const name = `${format}-${count}`;
    if (!answers.has(name)) answers.set(name, answerOf(format, Number(count)));
    const { headers, body } = answers.get(name);
    response.writeHead(200, { ...crossOrigin, ...headers, 'content-length': body.length }).end(body);
  });
});

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
