import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linksOf, openLink, safeLinksOf } from './open-link.ts';
import { anEvent } from './testdata/events.ts';

const LINK = 'https://grafana.example.com/d/abc?orgId=1&var-host=web%201';
const ENCODED = 'https%3A%2F%2Fgrafana.example.com%2Fd%2Fabc%3ForgId%3D1%26var-host%3Dweb%25201';

const OPENS = [
  { name: 'leaves a plain link as it is', url: LINK, open: 'plain', expected: LINK },
  {
    name: 'encodes the address once for the browser',
    url: LINK,
    open: 'browser',
    expected: `dingtalk://dingtalkclient/page/link?url=${ENCODED}&pc_slide=false`,
  },
  {
    name: 'opens the side panel when asked',
    url: LINK,
    open: 'side_panel',
    expected: `dingtalk://dingtalkclient/page/link?url=${ENCODED}&pc_slide=true`,
  },
  {
    name: 'wraps nothing but http and https',
    url: 'dingtalk://x/y',
    open: 'browser',
    expected: 'dingtalk://x/y',
  },
] as const;

for (const { name, url, open, expected } of OPENS) {
  test(name, () => assert.equal(openLink(url, open), expected));
}

test('offers the best link first and each only once', () => {
  const event = anEvent({ dashboardUrl: 'https://grafana.example.com/d/abc' });
  assert.deepEqual(linksOf(event), [event.bestUrl, event.dashboardUrl, event.externalUrl]);
});

test('offers Alertmanager once in place of a refused link, then nothing', () => {
  const event = anEvent();
  assert.deepEqual(safeLinksOf(event, 1), [event.externalUrl]);
  assert.deepEqual(safeLinksOf(event, 2), []);
  assert.deepEqual(safeLinksOf(anEvent({ bestUrl: 'http://203.0.113.10:30093' }), 1), []);
});
