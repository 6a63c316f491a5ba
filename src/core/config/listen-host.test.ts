/** What people write to say where to listen, and what comes of it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { faultLinesOf, loadText } from './testing/sample.ts';

const TAKEN = [
  { given: '0.0.0.0', host: '0.0.0.0' },
  { given: '::', host: '::' },
  { given: '[::]', host: '::' },
  { given: '[::1]', host: '::1' },
  { given: '::1', host: '::1' },
  { given: 'fe80::1%eth0', host: 'fe80::1%eth0' },
  { given: 'localhost', host: 'localhost' },
  { given: 'notifierd-0.notifierd.monitoring.svc', host: 'notifierd-0.notifierd.monitoring.svc' },
  { given: ' 127.0.0.1\\n', host: '127.0.0.1' },
];

for (const { given, host } of TAKEN) {
  test(`listens on ${host} for ${JSON.stringify(given)}`, async (context) => {
    const config = await loadText(
      context,
      `{http: {host: "${given}"}, sinks: {ops: {plugin: sample, token: abcd}}}`,
    );
    assert.equal(config.http.host, host);
  });
}

const PORTS = [':8060', '0.0.0.0:8060', '[::]:8060', '[::1]:80', 'localhost:8060', '*:8060'];
const NOTHING = [
  '*',
  '[',
  '[]',
  '[127.0.0.1]',
  '256.1.1.1',
  '1.2.3',
  'a b',
  'http://0.0.0.0',
  '10.0.0.0/8',
  '[::',
  'a..b',
  '-a',
];

for (const given of [...PORTS, ...NOTHING]) {
  const says = PORTS.includes(given)
    ? `expected an address without a port, got ${JSON.stringify(given)} (the port belongs into http.port; `
    : `expected an IP address or a name to listen on, got ${JSON.stringify(given)} (`;
  test(`refuses to listen on ${given}`, async (context) => {
    const sinks = 'sinks: {ops: {plugin: sample, token: abcd}}';
    const inFile = await faultLinesOf(context, `{http: {host: "${given}"}, ${sinks}}`);
    const fromEnv = await faultLinesOf(context, sinks, { env: { NOTIFIERD_HTTP_HOST: given } });
    const any = '0.0.0.0 means every address of this machine, :: the same with IPv6)';
    assert.deepEqual(inFile, [`http.host: ${says}${any}`]);
    assert.deepEqual(fromEnv, inFile);
  });
}
