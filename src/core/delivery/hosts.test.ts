import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HttpClient } from '../plugin/contract.ts';
import { createHosts, type SinkHost } from './hosts.ts';

const NOWHERE: HttpClient = {
  post: async () => ({ kind: 'unreachable', code: 'ECONNREFUSED', mayHaveArrived: false }),
};

/** Sinks whose latest requests went to these addresses, and who of them has heard of a delivery. */
async function sinksAt(urls: Readonly<Record<string, string>>) {
  const hosts = createHosts();
  const heard: string[] = [];
  const sinks = new Map<string, SinkHost & { end(): void }>();
  for (const [name, url] of Object.entries(urls)) {
    const sink = hosts.lend(NOWHERE);
    sinks.set(name, { ...sink, end: sink.onOther(() => heard.push(name)) });
    await post(sink, url);
  }
  return { heard, sink: (name: string) => sinks.get(name) ?? assert.fail(name) };
}

async function post({ http }: SinkHost, url: string): Promise<void> {
  await http.post({ url, body: '', signal: new AbortController().signal });
}

describe('a sink that has delivered tells', () => {
  test('the others at the same host, whatever their paths and tokens, and not itself', async () => {
    const { heard, sink } = await sinksAt({
      a: 'https://robot.example/send?access_token=a',
      b: 'https://robot.example/other?access_token=b',
      c: 'https://robot.example:8443/send',
      d: 'https://elsewhere.example/send',
      e: 'http://robot.example/send',
    });
    sink('a').delivered();
    assert.deepEqual(heard, ['b']);
  });

  test('those that are there now, by their latest request', async () => {
    const { heard, sink } = await sinksAt({ a: 'http://one.example/', b: 'http://two.example/' });
    await post(sink('b'), 'http://one.example/');
    sink('a').delivered();
    await post(sink('b'), 'http://two.example/');
    sink('a').delivered();
    assert.deepEqual(heard, ['b']);
  });

  test('nobody who listens no more, and nobody if it has no host', async () => {
    const { heard, sink } = await sinksAt({
      a: 'http://one.example/',
      b: 'http://one.example/',
      c: 'nonsense',
    });
    sink('b').end();
    sink('a').delivered();
    sink('c').delivered();
    assert.deepEqual(heard, []);
  });

  test('what the request comes to is the client’s own answer', async () => {
    const { http } = createHosts().lend(NOWHERE);
    const answer = await http.post({ url: 'http://x/', body: '', signal: new AbortController().signal });
    assert.equal(answer.kind, 'unreachable');
  });
});
