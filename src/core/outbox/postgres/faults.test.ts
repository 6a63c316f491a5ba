import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NotifierdError, UnavailableError } from '../../errors.ts';
import { type Cure, cureFor, StatementError, settingFault, toOutboxError } from './faults.ts';

const failed = (code: string | undefined, message = 'it failed'): StatementError =>
  new StatementError(Object.assign(new Error(message), code === undefined ? {} : { code }));

describe('the cure', () => {
  const rows: readonly { readonly name: string; readonly code: string | undefined; readonly cure: Cure }[] = [
    { name: 'a deadlock', code: '40P01', cure: 'again' },
    { name: 'a serialization failure', code: '40001', cure: 'again' },
    { name: 'a statement that took too long', code: '57014', cure: 'later' },
    { name: 'a lock that took too long', code: '55P03', cure: 'later' },
    { name: 'no answer in time, as pg says it', code: undefined, cure: 'reconnect' },
    { name: 'a refused connection', code: 'ECONNREFUSED', cure: 'reconnect' },
    { name: 'a reset connection', code: 'ECONNRESET', cure: 'reconnect' },
    { name: 'a name that nobody knows', code: 'ENOTFOUND', cure: 'reconnect' },
    { name: 'a shutdown by the administrator', code: '57P01', cure: 'reconnect' },
    { name: 'a crash', code: '57P02', cure: 'reconnect' },
    { name: 'a server that is starting', code: '57P03', cure: 'reconnect' },
    { name: 'an idle transaction that the server ended', code: '25P03', cure: 'reconnect' },
    { name: 'a standby', code: '25006', cure: 'reconnect' },
    { name: 'too many connections', code: '53300', cure: 'reconnect' },
    { name: 'a full disk', code: '53100', cure: 'reconnect' },
    {
      name: 'a missing right, as a standby of another cluster may lack it',
      code: '42501',
      cure: 'reconnect',
    },
    { name: 'a plan that the tables have outgrown', code: '0A000', cure: 'reconnect' },
    { name: 'a wrong statement', code: '42601', cure: 'none' },
    { name: 'a column that is not there', code: '42703', cure: 'none' },
    { name: 'a value that does not fit', code: '22003', cure: 'none' },
    { name: 'a row that is there already', code: '23505', cure: 'none' },
  ];
  for (const { name, code, cure } of rows) {
    test(`for ${name} (${code ?? 'no code'}) is ${cure}`, () => assert.equal(cureFor(failed(code)), cure));
  }
});

describe('who waits for an operation', () => {
  test('hears that the outbox is away, and why', () => {
    const error = toOutboxError(failed('57P01', 'terminating connection'));
    assert.ok(error instanceof UnavailableError);
    assert.equal(error.code, 'outbox_unavailable');
    assert.match(error.message, /terminating connection/);
  });
  test('hears of a wrong statement as a fault of ours', () => {
    const error = toOutboxError(failed('42601', 'syntax error'));
    assert.ok(!(error instanceof NotifierdError));
    assert.match(error.message, /^outbox: syntax error/);
  });
  test('gets every other error as it is', () => {
    const error = new Error('a bug');
    assert.equal(toOutboxError(error), error);
  });
});

const WHERE = 'postgres://n@db:5432/n (schema n)';

describe('at start a person must mend', () => {
  const rows = [
    { name: 'a wrong password', code: '28P01', message: 'password authentication failed', hint: /password/ },
    {
      name: 'a missing password',
      code: undefined,
      message: 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string',
      hint: /asks for a password/,
    },
    { name: 'an address that is not let in', code: '28000', message: 'no entry', hint: /pg_hba\.conf/ },
    {
      name: 'plain text where the server wants TLS',
      code: '28000',
      message: 'no pg_hba.conf entry for host "10.0.0.1", user "n", database "n", no encryption',
      hint: /sslmode=disable/,
    },
    { name: 'an unknown database', code: '3D000', message: 'does not exist', hint: /create the database/ },
    { name: 'a missing right', code: '42501', message: 'permission denied', hint: /CREATE/ },
    {
      name: 'a server without TLS',
      code: undefined,
      message: 'The server does not support SSL connections',
      hint: /ssl in postgresql\.conf/,
    },
    {
      name: 'an authority that nobody knows',
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
      message: 'self-signed certificate in certificate chain',
      hint: /sslrootcert/,
    },
    {
      name: 'a certificate for another host',
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      message: "Hostname/IP does not match certificate's altnames",
      hint: /host of outbox\.url/,
    },
    {
      name: 'an encoding that has no room for all languages',
      code: undefined,
      message: "the database's encoding is LATIN1, expected UTF8",
      hint: /UTF8/,
    },
  ];
  for (const { name, code, message, hint } of rows) {
    test(name, () => {
      const fault = settingFault(failed(code, message), WHERE);
      assert.equal(fault?.code, 'outbox_unreachable');
      assert.equal(fault?.message, `cannot use ${WHERE}: ${message}`);
      assert.match(fault?.hint ?? '', hint);
    });
  }
});

describe('at start waiting may help', () => {
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', '57P03', '53300', '25006', '40P01']) {
    test(`after ${code}`, () => assert.equal(settingFault(failed(code), WHERE), undefined));
  }
  test('after a standby', () =>
    assert.equal(settingFault(failed(undefined, 'the server is read-only: a standby?'), WHERE), undefined));
});

test('an error that is for people already stays as it is', () => {
  const error = new NotifierdError('outbox_newer', 'newer');
  assert.equal(settingFault(error, WHERE), error);
});
