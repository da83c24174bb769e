import type { EdgeAnswer, EdgeCall, EdgeRoute } from '../http/edge-route.js';
import { type Asset, readAssets } from './assets.js';

/** Only what this platform serves itself runs and is shown; the page talks to nobody else and stands in no frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The API explorer: its page at "/", everything the page needs below "/explorer/". */
export function explorerRoutes(): EdgeRoute[] {
  return readAssets().map((asset) => ({
    verb: 'GET',
    path: asset.name === 'index.html' ? '/' : `/explorer/${asset.name}`,
    versioned: false,
    answer: (call) => send(asset, call),
  }));
}

async function send(asset: Asset, { request }: EdgeCall): Promise<EdgeAnswer> {
  const packed = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(request.headers['accept-encoding']?.toString() ?? '');
  return {
    status: 200,
    headers: {
      'Content-Type': asset.type,
      // Kept, but asked about each time: an update of the platform is seen at once, and costs one short answer if there is none.
      'Cache-Control': 'no-cache',
      ETag: `"${asset.etag}${packed ? '-gzip' : ''}"`,
      Vary: 'Accept-Encoding',
      ...(packed ? { 'Content-Encoding': 'gzip' } : {}),
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
    },
    text: packed ? await asset.packed() : asset.bytes,
  };
}
