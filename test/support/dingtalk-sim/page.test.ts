import assert from 'node:assert/strict';
import test from 'node:test';
import { renderPage } from './page.ts';
import type { ShownMessage, SimState } from './records.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { callRobot, simFor } from './test-call.ts';

const COUNTS = { shown: 1, duplicate: 0, swallowed: 0, refused: 0, unseen: 0, violations: 0 };
const STATE: SimState = {
  now: 0,
  settings: DEFAULT_SETTINGS,
  robots: [{ name: 'ops', state: 'active', recentStarts: 3, blockedUntil: null }],
  counts: COUNTS,
  monthCalls: 0,
  waitingFaults: [],
};
const LINK: ShownMessage = {
  robot: 'ops',
  shownAt: Date.parse('2026-11-22T13:07:05Z'),
  msgUuid: 'id-1',
  bytes: 200,
  msgtype: 'link',
  title: 'DiskFull',
  text: 'node-7 is full',
  url: 'https://alerts.example.com/1',
  links: [],
};

test('shows a link message as a card that leads to its address', () => {
  const html = page([LINK]);
  assert.match(html, /<a class="card link" href="https:\/\/alerts\.example\.com\/1"/);
  assert.match(html, /<span class="title">DiskFull<\/span>/);
  assert.match(html, /2026-11-22 13:07:05 UTC · link · 200 bytes · id-1/);
});

test('leads to the page that a dingtalk address would open', () => {
  const wrapped = `dingtalk://dingtalkclient/page/link?url=${encodeURIComponent('https://a.example/?b=1&c=2')}&pc_slide=false`;
  assert.match(page([{ ...LINK, url: wrapped }]), /href="https:\/\/a\.example\/\?b=1&amp;c=2"/);
});

test('leads nowhere for an address that no browser should open', () => {
  const wrapped = `dingtalk://dingtalkclient/page/link?url=${encodeURIComponent('javascript:alert(1)')}`;
  for (const url of ['javascript:alert(1)', wrapped, 'nonsense']) {
    assert.match(page([{ ...LINK, url }]), /<div class="card link">/);
  }
});

test('escapes every text of a message, whatever its type', () => {
  const hostile = `" onclick="x"><script>alert('x')</script>&`;
  for (const msgtype of ['text', 'link', 'markdown', 'actionCard', 'feedCard'] as const) {
    const links = [{ title: hostile, url: `https://a.example/?${hostile}` }];
    const html = page([
      { ...LINK, msgtype, links, robot: hostile, title: hostile, text: hostile, msgUuid: hostile },
    ]);
    assert.doesNotMatch(html, /<script|" onclick/, msgtype);
    assert.match(html, /&lt;script&gt;/, msgtype);
  }
});

test('shows the state of a robot and what should not have happened', () => {
  const robots = [{ name: 'ops', state: 'disabled', recentStarts: 3, blockedUntil: LINK.shownAt }] as const;
  const html = renderPage([{ name: 'ops', messages: [] }], {
    ...STATE,
    robots,
    counts: { ...COUNTS, violations: 2 },
  });
  assert.match(html, /disabled<\/span>/);
  assert.match(html, /blocked until 2026-11-22 13:07:05 UTC/);
  assert.match(html, /<span class="count bad">violations 2<\/span>/);
  assert.match(html, /No messages yet/);
});

test('is served with a policy that allows no script', async (t) => {
  const sim = await simFor(t);
  await callRobot(sim);
  const answer = await fetch(`${sim.url}/`);
  assert.match(await answer.text(), /\[FIRING:1\] DiskFull/);
  assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
});

function page(messages: readonly ShownMessage[]): string {
  return renderPage([{ name: 'ops', messages }], STATE);
}
