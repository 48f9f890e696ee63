import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { RequestHandler } from 'express';
import type { Asset } from './asset-tree.js';
import type { Assets } from './assets.js';

const ROUTE = /^\/assets\/([a-z][a-z0-9-]*)\/([A-Za-z0-9_-]{16})\/([A-Za-z0-9][A-Za-z0-9._/-]*)$/;
const WORTH_COMPRESSING = 1_024;

const encoders: Readonly<Record<string, (body: Buffer) => Promise<Buffer>>> = {
  br: (body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (body) => promisify(gzip)(body, { level: 9 }),
};

/**
 * Express handler for `GET /assets/<owner>/<digest>/<name>`; every other request passes on. Addresses carry the digest, so answers
 * are cached for a year. An unknown address is a plain 404 that is not kept. Stands in front of sessions: assets are not secret.
 */
export function assetsHandler(assets: Assets): RequestHandler {
  const packed = new WeakMap<Asset, Map<string, Promise<Buffer>>>();
  return (request, response, next) => {
    if (!request.path.startsWith('/assets/')) return next();
    response.set({ 'X-Content-Type-Options': 'nosniff', 'Cross-Origin-Resource-Policy': 'same-origin' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.set({ Allow: 'GET, HEAD', 'Cache-Control': 'no-store' }).status(405).end();
      return;
    }
    const [, owner = '', digest = '', name = ''] = ROUTE.exec(request.path) ?? [];
    const asset = assets.find(owner, digest, name);
    if (!asset) {
      response.set('Cache-Control', 'no-store').status(404).type('text/plain').send('Not found\n');
      return;
    }
    response.set({
      'Content-Type': asset.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      Vary: 'Accept-Encoding',
    });
    // Asked one by one: browsers weigh both alike, and brotli is a fifth smaller.
    const encoding = (['br', 'gzip'] as const).find(
      (name) => compressible(asset) && request.acceptsEncodings(name) === name,
    );
    if (encoding !== undefined) {
      pack(packed, asset, encoding).then((body) => {
        response.set('Content-Encoding', encoding).end(body);
      }, next);
    } else {
      response.end(asset.body);
    }
  };
}

const compressible = ({ type, body }: Asset): boolean =>
  body.length > WORTH_COMPRESSING && /^(text\/|application\/(json|wasm)|image\/svg)/.test(type);

/** Compressed once per file and encoding, in the pool of threads, then kept. */
function pack(
  packed: WeakMap<Asset, Map<string, Promise<Buffer>>>,
  asset: Asset,
  encoding: 'br' | 'gzip',
): Promise<Buffer> {
  const encodings = packed.get(asset) ?? new Map<string, Promise<Buffer>>();
  packed.set(asset, encodings);
  const known = encodings.get(encoding) ?? encoders[encoding]?.(asset.body) ?? Promise.resolve(asset.body);
  encodings.set(encoding, known);
  return known;
}
