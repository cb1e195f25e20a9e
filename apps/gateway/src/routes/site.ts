import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/**
 * A built web page at `/`. Files under `assets/` carry a digest in their names and never change. Where a file has its
 * `.br` or `.gz` beside it, clients that take that encoding get it.
 */
export async function addSite(app: FastifyInstance, folder: string): Promise<void> {
  const root = path.resolve(folder);
  const assets = path.join(root, 'assets') + path.sep;
  await app.register(async (scope) => {
    scope.addHook('onSend', async (_request, reply) => {
      const already = reply.getHeader('vary');
      // What is of a page alone; answers of the API are shown by nobody.
      reply.header('referrer-policy', 'strict-origin-when-cross-origin');
      reply.header('x-frame-options', 'SAMEORIGIN');
      reply.header('vary', already === undefined ? 'accept-encoding' : `${already}, accept-encoding`);
    });
    await scope.register(fastifyStatic, {
      root,
      preCompressed: true,
      // Hidden files of a build folder, such as .env, are nobody's business.
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders: (response, file) => {
        const isAsset = file.startsWith(assets);
        response.setHeader('cache-control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  });
}
