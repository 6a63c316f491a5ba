import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BEST_URL_ORDER, bestUrl } from './best-url.ts';

test('takes the links in the documented order and the fallback last', () => {
  const urls: Record<string, string> = Object.fromEntries(
    BEST_URL_ORDER.map((field) => [field, `https://${field}/`]),
  );
  const taken: string[] = [];
  for (const field of BEST_URL_ORDER) {
    taken.push(bestUrl(urls, 'https://fallback/'));
    delete urls[field];
  }
  taken.push(bestUrl(urls, 'https://fallback/'));
  assert.deepEqual(taken, [
    'https://generatorUrl/',
    'https://dashboardUrl/',
    'https://panelUrl/',
    'https://runbookUrl/',
    'https://externalUrl/',
    'https://fallback/',
  ]);
});
