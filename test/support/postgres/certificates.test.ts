import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { createCertificates } from './certificates.ts';

test('the authority vouches for the server, which may be met at localhost and 127.0.0.1', () => {
  const { caPem, certificatePem } = createCertificates();
  const [ca, server] = [new X509Certificate(caPem), new X509Certificate(certificatePem)];
  assert.ok(ca.ca && !server.ca);
  assert.ok(server.checkIssued(ca) && server.verify(ca.publicKey));
  assert.equal(server.checkHost('localhost'), 'localhost');
  assert.equal(server.checkIP('127.0.0.1'), '127.0.0.1');
  assert.equal(server.checkHost('example.org'), undefined);
  const [from, to, now] = [server.validFromDate.getTime(), server.validToDate.getTime(), Date.now()];
  assert.ok(from < now && now < to, `${server.validFrom} to ${server.validTo}`);
});

test('a client that trusts the authority gets through, one that trusts another does not', async (t) => {
  const { caPem, certificatePem, keyPem } = createCertificates();
  const server = createServer({ cert: certificatePem, key: keyPem }, (socket) => socket.end('in'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const { port } = address;
  const trusting = async (ca: string): Promise<TLSSocket> => {
    const socket = connect({ port, host: '127.0.0.1', ca });
    t.after(() => socket.destroy());
    await once(socket, 'secureConnect');
    return socket;
  };
  assert.ok((await trusting(caPem)).authorized);
  await assert.rejects(trusting(createCertificates().caPem), /certificate/);
});
