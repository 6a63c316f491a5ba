/**
 * What the plugins' HTTP client says of an exchange that breaks, at each point of its way: with a real server, in plain HTTP and in TLS.
 * What counts as not arrived may go out again under a new id, so for each such row the server must have seen no byte of the request.
 */
import assert from 'node:assert/strict';
import { after, describe, type TestContext, test } from 'node:test';
import { setDefaultCACertificates, type TlsOptions } from 'node:tls';
import { createHttpClient, type HttpClientOptions } from '../../src/core/plugin/http-client.ts';
import { type Break, type Breaking, type Point, startBreakingServer } from '../support/breaking-server.ts';
import { ownPort } from '../support/own-port.ts';
import { type Certificates, createCertificates } from '../support/postgres/certificates.ts';
import { startTunnelProxy } from '../support/tunnel-proxy.ts';

const TRUSTED = createCertificates();
const MISNAMED = createCertificates({ host: 'elsewhere.test', address: [127, 0, 0, 99] });
const EXPIRED = createCertificates({ endsInMs: -1000 });
const UNKNOWN = createCertificates();
setDefaultCACertificates([TRUSTED.caPem, MISNAMED.caPem, EXPIRED.caPem]);

const OK: Breaking = { at: 'never', how: 'silence' };
/** So large that the server reads a part of it first. */
const LARGE = 'x'.repeat(4 * 1024 * 1024);
/** For exchanges that end by themselves, and for those that never do. */
const PATIENT_MS = 5_000;
const HURRIED_MS = 300;

const CONNECTION_LOST = 'connection_lost, may have arrived';
const UNREACHABLE = 'unreachable';

interface Row {
  readonly at: Point;
  readonly how: Break;
  readonly expected: string;
  readonly body?: string;
  readonly timeoutMs?: number;
}

const AFTER_THE_FIRST_BYTE: readonly Row[] = [
  { at: 'headers_read', how: 'reset', expected: CONNECTION_LOST },
  { at: 'headers_read', how: 'close', expected: CONNECTION_LOST },
  { at: 'headers_read', how: 'garbage', expected: CONNECTION_LOST },
  { at: 'part_of_body_read', how: 'reset', expected: CONNECTION_LOST, body: LARGE },
  { at: 'part_of_body_read', how: 'close', expected: CONNECTION_LOST, body: LARGE },
  { at: 'part_of_body_read', how: 'garbage', expected: CONNECTION_LOST, body: LARGE },
  { at: 'all_read', how: 'reset', expected: CONNECTION_LOST },
  { at: 'all_read', how: 'close', expected: CONNECTION_LOST },
  { at: 'all_read', how: 'garbage', expected: CONNECTION_LOST },
  { at: 'all_read', how: 'no_http', expected: CONNECTION_LOST },
  { at: 'all_read', how: 'silence', expected: 'timeout, may have arrived', timeoutMs: HURRIED_MS },
  { at: 'half_answered', how: 'reset', expected: CONNECTION_LOST },
  { at: 'half_answered', how: 'close', expected: CONNECTION_LOST },
  { at: 'half_answered', how: 'silence', expected: 'timeout, may have arrived', timeoutMs: HURRIED_MS },
  { at: 'answered', how: 'reset', expected: 'answer' },
  { at: 'answered', how: 'close', expected: 'answer' },
];

const PLAIN: readonly Row[] = [
  // Connected, so that the request may be on its way.
  { at: 'accepted', how: 'close', expected: CONNECTION_LOST },
  { at: 'accepted', how: 'garbage', expected: CONNECTION_LOST },
  { at: 'first_bytes', how: 'reset', expected: CONNECTION_LOST },
  ...AFTER_THE_FIRST_BYTE,
];

/** In TLS 1.3 the client's word is the last of a handshake; in TLS 1.2 the server's is, and may never come. */
const SECURE_IN_1_3: readonly Row[] = [
  { at: 'secured', how: 'reset', expected: CONNECTION_LOST },
  { at: 'secured', how: 'garbage', expected: CONNECTION_LOST },
];

const SECURE: readonly Row[] = [
  { at: 'accepted', how: 'reset', expected: UNREACHABLE },
  { at: 'accepted', how: 'close', expected: UNREACHABLE },
  { at: 'accepted', how: 'garbage', expected: UNREACHABLE },
  { at: 'accepted', how: 'silence', expected: UNREACHABLE, timeoutMs: HURRIED_MS },
  { at: 'first_bytes', how: 'reset', expected: UNREACHABLE },
  { at: 'first_bytes', how: 'close', expected: UNREACHABLE },
  { at: 'first_bytes', how: 'garbage', expected: UNREACHABLE },
  { at: 'first_bytes', how: 'no_http', expected: UNREACHABLE },
  { at: 'first_bytes', how: 'silence', expected: UNREACHABLE, timeoutMs: HURRIED_MS },
  { at: 'first_bytes', how: 'bad_record', expected: UNREACHABLE },
  { at: 'first_bytes', how: 'alert', expected: UNREACHABLE },
  { at: 'secured', how: 'close', expected: CONNECTION_LOST },
  { at: 'secured', how: 'no_http', expected: CONNECTION_LOST },
  { at: 'secured', how: 'silence', expected: 'timeout, may have arrived', timeoutMs: HURRIED_MS },
  { at: 'headers_read', how: 'bad_record', expected: CONNECTION_LOST },
  { at: 'all_read', how: 'bad_record', expected: CONNECTION_LOST },
  { at: 'all_read', how: 'alert', expected: CONNECTION_LOST },
  { at: 'half_answered', how: 'bad_record', expected: CONNECTION_LOST },
  { at: 'half_answered', how: 'alert', expected: CONNECTION_LOST },
  // In plain HTTP these bytes are the rest of the answer.
  { at: 'half_answered', how: 'garbage', expected: CONNECTION_LOST },
  ...AFTER_THE_FIRST_BYTE,
];

for (const { way, scheme, rows, tls } of [
  { way: 'plain HTTP', scheme: 'http', rows: PLAIN, tls: undefined },
  { way: 'TLS 1.3', scheme: 'https', rows: [...SECURE, ...SECURE_IN_1_3], tls: serverOf(TRUSTED) },
  { way: 'TLS 1.2', scheme: 'https', rows: SECURE, tls: serverOf(TRUSTED, { maxVersion: 'TLSv1.2' }) },
]) {
  describe(`an exchange in ${way}`, () => {
    for (const { at, how, expected, body = 'hello', timeoutMs = PATIENT_MS } of rows) {
      test(`${at}, then ${how}: ${expected}`, async (t) => {
        const server = await startBreakingServer({ at, how }, tls);
        t.after(server.close);
        const said = await post(t, { url: `${scheme}://127.0.0.1:${server.port}/`, body, timeoutMs });
        assert.equal(said, expected);
        if (expected === UNREACHABLE) assert.equal(server.receivedBytes(), 0);
      });
    }
  });
}

describe('a connection that never becomes secure: nothing arrived', () => {
  const rows: readonly { readonly name: string; readonly tls: TlsOptions }[] = [
    { name: 'a certificate of an unknown authority', tls: serverOf(UNKNOWN) },
    { name: 'a certificate for another name', tls: serverOf(MISNAMED) },
    { name: 'a certificate that has expired', tls: serverOf(EXPIRED) },
    { name: 'no cipher in common', tls: serverOf(TRUSTED, { ciphers: 'AES128-SHA', maxVersion: 'TLSv1.2' }) },
    {
      name: 'no version in common',
      tls: serverOf(TRUSTED, { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }),
    },
    {
      name: 'a client certificate is wanted, in TLS 1.2',
      tls: serverOf(TRUSTED, { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' }),
    },
  ];
  for (const { name, tls } of rows) {
    for (const host of ['127.0.0.1', 'localhost']) {
      if (host === 'localhost' && tls.maxVersion !== undefined) continue;
      test(`${name}: ${host}`, async (t) => {
        const server = await startBreakingServer(OK, tls);
        t.after(server.close);
        assert.equal(await post(t, { url: `https://${host}:${server.port}/` }), UNREACHABLE);
        assert.equal(server.receivedBytes(), 0);
      });
    }
  }
});

test('a client certificate is wanted, in TLS 1.3: refused after the request was written', async (t) => {
  const tls = serverOf(TRUSTED, { requestCert: true, rejectUnauthorized: true });
  const server = await startBreakingServer(OK, tls);
  t.after(server.close);
  assert.equal(await post(t, { url: `https://127.0.0.1:${server.port}/` }), CONNECTION_LOST);
});

describe('no connection at all: nothing arrived', () => {
  for (const scheme of ['http', 'https']) {
    // Of `localhost` several addresses are tried.
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      test(`${scheme}, nobody listens at ${host}`, async (t) => {
        assert.equal(await post(t, { url: `${scheme}://${host}:${await ownPort()}/` }), UNREACHABLE);
      });
    }
    test(`${scheme}, a name that cannot be`, async (t) => {
      assert.equal(await post(t, { url: `${scheme}://${'x'.repeat(64)}.invalid/` }), UNREACHABLE);
    });
  }
});

test('the name of several addresses, of which one answers', async (t) => {
  const server = await startBreakingServer(OK, serverOf(TRUSTED));
  t.after(server.close);
  assert.equal(await post(t, { url: `https://localhost:${server.port}/` }), 'answer');
});

describe('a connection that has served before', () => {
  for (const { scheme, tls } of [
    { scheme: 'http', tls: undefined },
    { scheme: 'https', tls: serverOf(TRUSTED) },
  ]) {
    for (const how of ['reset', 'garbage'] as const) {
      test(`${scheme}, then ${how}: it may have arrived`, async (t) => {
        const server = await startBreakingServer(OK, tls);
        const client = clientFor(t, {});
        t.after(server.close);
        const url = `${scheme}://127.0.0.1:${server.port}/`;
        assert.equal(await tell(client, { url }), 'answer');
        server.breakAt({ at: 'headers_read', how });
        assert.equal(await tell(client, { url }), CONNECTION_LOST);
      });
    }
  }
});

describe('through a proxy', () => {
  const rows: readonly {
    readonly name: string;
    readonly scheme: 'http' | 'https';
    readonly breaking?: Breaking;
    readonly certificates?: Certificates;
    readonly refuses?: boolean;
    readonly expected: string;
  }[] = [
    { name: 'all is well', scheme: 'https', expected: 'answer' },
    { name: 'the proxy refuses', scheme: 'https', refuses: true, expected: UNREACHABLE },
    { name: 'an unknown authority behind it', scheme: 'https', certificates: UNKNOWN, expected: UNREACHABLE },
    {
      name: 'a reset before the tunnel is secure',
      scheme: 'https',
      breaking: { at: 'first_bytes', how: 'reset' },
      expected: UNREACHABLE,
    },
    {
      name: 'garbage once the tunnel is secure',
      scheme: 'https',
      breaking: { at: 'all_read', how: 'garbage' },
      expected: CONNECTION_LOST,
    },
    {
      name: 'a reset once the tunnel is secure',
      scheme: 'https',
      breaking: { at: 'secured', how: 'reset' },
      expected: CONNECTION_LOST,
    },
  ];
  for (const { name, scheme, breaking = OK, certificates = TRUSTED, refuses = false, expected } of rows) {
    test(`${scheme}, ${name}: ${expected}`, async (t) => {
      const server = await startBreakingServer(breaking, serverOf(certificates));
      const proxy = await startTunnelProxy({ refuses });
      t.after(server.close);
      t.after(proxy.close);
      const url = `${scheme}://127.0.0.1:${server.port}/`;
      assert.equal(await post(t, { url, proxy: proxy.url }), expected);
      assert.equal(proxy.asked(), 1);
      if (expected === UNREACHABLE) assert.equal(server.receivedBytes(), 0);
    });
  }

  test('a proxy that is not there: nothing arrived', async (t) => {
    const proxy = `http://127.0.0.1:${await ownPort()}`;
    assert.equal(await post(t, { url: 'https://127.0.0.1:9/', proxy }), UNREACHABLE);
    assert.equal(await post(t, { url: 'http://127.0.0.1:9/', proxy }), UNREACHABLE);
  });

  test('plain HTTP: the proxy has the request, whatever becomes of it', async (t) => {
    const proxy = await startBreakingServer({ at: 'all_read', how: 'reset' });
    t.after(proxy.close);
    const said = await post(t, { url: 'http://127.0.0.1:9/', proxy: `http://127.0.0.1:${proxy.port}` });
    assert.equal(said, CONNECTION_LOST);
  });
});

describe('a stop', () => {
  test('while it connects: nothing arrived', async (t) => {
    const server = await startBreakingServer({ at: 'first_bytes', how: 'silence' }, serverOf(TRUSTED));
    t.after(server.close);
    const url = `https://127.0.0.1:${server.port}/`;
    assert.equal(await post(t, { url, signal: AbortSignal.timeout(HURRIED_MS) }), 'aborted');
  });
  test('after that: it may have arrived', async (t) => {
    const server = await startBreakingServer({ at: 'all_read', how: 'silence' }, serverOf(TRUSTED));
    t.after(server.close);
    const url = `https://127.0.0.1:${server.port}/`;
    const said = await post(t, { url, signal: AbortSignal.timeout(HURRIED_MS) });
    assert.equal(said, 'aborted, may have arrived');
  });
});

interface Post {
  readonly url: string;
  readonly body?: string;
  readonly timeoutMs?: number;
  readonly proxy?: string;
  readonly signal?: AbortSignal;
}

after(() => setDefaultCACertificates([]));

function serverOf({ certificatePem, keyPem }: Certificates, more: TlsOptions = {}): TlsOptions {
  return { cert: certificatePem, key: keyPem, ...more };
}

function clientFor(t: TestContext, options: Partial<HttpClientOptions>) {
  const client = createHttpClient({ timeoutMs: PATIENT_MS, maxAnswerBytes: 65_536, ...options });
  t.after(() => client.close());
  return client;
}

async function post(t: TestContext, { timeoutMs = PATIENT_MS, proxy, ...request }: Post): Promise<string> {
  return await tell(clientFor(t, { timeoutMs, ...(proxy === undefined ? {} : { proxy }) }), request);
}

/** What came of one POST, in words. */
async function tell(
  client: ReturnType<typeof createHttpClient>,
  { url, body = 'hello', signal = new AbortController().signal }: Post,
): Promise<string> {
  const came = await client.post({ url, body, signal });
  if (came.kind === 'answer') return 'answer';
  return came.mayHaveArrived ? `${came.kind}, may have arrived` : came.kind;
}
