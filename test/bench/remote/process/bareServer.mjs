// A bare Fastify route that returns 4 kB from a Map: what a cached answer is compared with.
import { createRequire } from 'node:module';
import { answerParent } from './answerParent.mjs';

const require = createRequire(new URL('../../../../apps/gateway/package.json', import.meta.url));
const { default: fastify } = require('fastify');

const answers = new Map([['known', Buffer.alloc(4096, 1)]]);
const app = fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

function answer(request, reply) {
  reply.header('content-type', 'application/octet-stream').send(answers.get(request.params.key));
}
app.get('/:key', answer);
app.post('/:key', answer);

answerParent(await app.listen({ host: '127.0.0.1', port: 0 }));
