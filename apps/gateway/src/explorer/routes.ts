import type { EdgeAnswer, EdgeRoute } from '../http/edge-route.js';
import { type Asset, findAssets } from './assets.js';

/** Only this platform's scripts and content are allowed; the page calls no other host and cannot be framed. */
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
  return findAssets().map((asset) => ({
    verb: 'GET',
    path: asset.name === 'index.html' ? '/' : `/explorer/${asset.name}`,
    versioned: false,
    answer: async () => fileOf(asset),
  }));
}

function fileOf({ type, bytes }: Asset): EdgeAnswer {
  return {
    headers: {
      'Content-Type': type,
      'Content-Security-Policy': policy,
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
    },
    file: bytes(),
  };
}
