import { type Entry, encodeEntry, type MemoryTier, type Tier } from '@predcache/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { etagOf } from '../answers/answer.js';
import { ByteBoundedMap } from '../answers/byteBoundedMap.js';
import { addRoute } from '../http/addRoute.js';
import { isKnown } from '../http/entityTags.js';
import { GatewayError } from '../http/gatewayError.js';

export const entryContentType = 'application/vnd.predcache.entry';

/** s that a CDN may say of a prediction that it is not known; it may be known a moment later. */
const missMaxAge = 2;

/** Bytes of entries kept as they went out. */
const encodedSize = 8 * 1024 * 1024;

export interface PredictionParts {
  readonly memory: MemoryTier;
  /** Asked after memory. */
  readonly tiers: readonly Tier[];
  /** ms for which an entry is fresh. */
  readonly ttl: number | undefined;
}

interface Encoded {
  readonly entry: Entry;
  readonly body: Buffer;
  readonly etag: string;
}

/**
 * A known prediction by its key, in the layout of `docs/entry-format.md`. What a key stands for never changes, so that
 * browsers and CDNs may keep it for as long as it is fresh.
 */
export function addPredictionRoutes(app: FastifyInstance, { memory, tiers, ttl }: PredictionParts): void {
  const encoded = new ByteBoundedMap<Encoded>(encodedSize);

  addRoute(app, 'GET', '/v2/predictions/:key', (request, reply) => {
    const { key } = request.params as { key: string };
    if (!/^[0-9a-f]{64}$/.test(key))
      throw new GatewayError(400, 'A key is 64 hexadecimal digits, in lower case');
    const entry = memory.peek?.(key);
    return entry === undefined && tiers.length > 0
      ? lookUp(key).then((found) => send(found, request, reply))
      : send(entry, request, reply);
  });

  async function lookUp(key: string): Promise<Entry | undefined> {
    for (const tier of tiers) {
      const [entry] = await tier.getMany([key]);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  function send(entry: Entry | undefined, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const left =
      entry === undefined || ttl === undefined || ttl === Number.POSITIVE_INFINITY
        ? undefined
        : Math.floor((entry.createdAt + ttl - Date.now()) / 1000);
    if (entry === undefined || (left !== undefined && left <= 0)) {
      reply.header('cache-control', `public, max-age=${missMaxAge}`);
      throw new GatewayError(404, 'No prediction is known by this key');
    }
    const { body, etag } = encode(entry);
    reply.headers({
      etag,
      'cache-control': `public, max-age=${left ?? 31_536_000}, immutable`,
      'cross-origin-resource-policy': 'cross-origin',
    });
    if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.type(entryContentType).send(body);
  }

  function encode(entry: Entry): Encoded {
    const known = encoded.get(entry.key);
    if (known?.entry === entry) return known;
    const { buffer, byteOffset, byteLength } = encodeEntry(withoutTags(entry));
    const body = Buffer.from(buffer, byteOffset, byteLength);
    const made = { entry, body, etag: etagOf(body) };
    encoded.set(entry.key, made, body.length + 300);
    return made;
  }
}

/** Tags say who asked, for instance `user:42`. */
function withoutTags(entry: Entry): Entry {
  return entry.tags.length === 0 ? entry : { ...entry, tags: [] };
}
