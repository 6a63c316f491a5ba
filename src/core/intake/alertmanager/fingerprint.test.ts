import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { fingerprint, fingerprintOf } from './fingerprint.ts';
import { parsePayload } from './payload.ts';

const FIXTURES = new URL('../../../../test/fixtures/alertmanager/', import.meta.url);

test("equals Alertmanager's for every alert that was recorded", () => {
  const files = readdirSync(FIXTURES).filter((file) => file.endsWith('.json') && file !== 'index.json');
  const alerts = files.flatMap((file) => parsePayload(readFileSync(new URL(file, FIXTURES))).alerts);
  assert.equal(alerts.length > 250, true);
  for (const alert of alerts) assert.equal(fingerprint(alert.labels ?? {}), alert.fingerprint);
});

test('is the start value of FNV-1a without labels', () => {
  assert.equal(fingerprint({}), 'cbf29ce484222325');
});

test('equals the textbook computation with 64-bit integers, whatever the labels', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (labels) => {
      assert.equal(fingerprint(labels), textbook(labels));
    }),
  );
});

test('prefers what was sent, if it is a fingerprint', () => {
  const labels = { alertname: 'X' };
  assert.equal(fingerprintOf({ labels, fingerprint: '0123456789abcdef' }), '0123456789abcdef');
  for (const sent of [undefined, null, '', 'none', '0123456789abcdef0', '0123456789ABCDEF']) {
    assert.equal(fingerprintOf({ labels, fingerprint: sent }), fingerprint(labels));
  }
});

function textbook(labels: Record<string, string>): string {
  const entries = Object.entries(labels).map(
    ([name, value]) => [Buffer.from(name), Buffer.from(value)] as const,
  );
  entries.sort(([a], [b]) => a.compare(b));
  let hash = 0xcbf29ce484222325n;
  for (const [name, value] of entries) {
    for (const byte of [...name, 255, ...value, 255])
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
