import assert from 'node:assert/strict';
import test from 'node:test';
import { allowsAddress, parseRobots } from './robot.ts';

const OPS = { name: 'ops', token: 't1' };

test('reads a robot with all of its fields', () => {
  const full = {
    ...OPS,
    secret: 'SEC1',
    keywords: ['ALARM'],
    allowedIps: ['192.0.2.0/24'],
    state: 'disabled',
  };
  assert.deepEqual(parseRobots([full]), [full]);
});

test('has no secret, keywords or addresses, and is active, unless told so', () => {
  assert.deepEqual(parseRobots([OPS]), [{ ...OPS, keywords: [], allowedIps: [], state: 'active' }]);
});

const REFUSED = [
  { name: 'something that is no list', robots: OPS, message: /robots: expected a list/ },
  {
    name: 'a robot without token',
    robots: [{ name: 'ops' }],
    message: /robots\[0\]\.token: expected a text, got nothing/,
  },
  { name: 'an unknown field', robots: [{ ...OPS, ips: [] }], message: /robots\[0\]\.ips: unknown/ },
  { name: 'an unknown state', robots: [{ ...OPS, state: 'gone' }], message: /state: expected one of active/ },
  {
    name: 'eleven keywords',
    robots: [{ ...OPS, keywords: Array.from({ length: 11 }, String) }],
    message: /at most 10, got 11/,
  },
  { name: 'an IPv6 address', robots: [{ ...OPS, allowedIps: ['::1'] }], message: /expected IPv4 addresses/ },
  {
    name: 'a prefix beyond 32',
    robots: [{ ...OPS, allowedIps: ['192.0.2.0/33'] }],
    message: /expected IPv4 addresses/,
  },
  { name: 'two robots with one token', robots: [OPS, { ...OPS, name: 'dev' }], message: /the same token/ },
  { name: 'two robots with one name', robots: [OPS, { ...OPS, token: 't2' }], message: /the same name/ },
];

for (const { name, robots, message } of REFUSED) {
  test(`refuses ${name}`, () => {
    assert.throws(() => parseRobots(robots), { message });
  });
}

test('never repeats a token in its messages', () => {
  const secretToken = 'abcdef0123456789';
  const wrong = { name: '', token: secretToken, secret: secretToken };
  assert.throws(
    () => parseRobots([wrong]),
    (error: Error) => !error.message.includes(secretToken),
  );
});

const ADDRESSES = [
  { name: 'lets any address send without a list', allowedIps: [], address: '2001:db8::1', allowed: true },
  {
    name: 'lets a listed address send',
    allowedIps: ['198.51.100.7'],
    address: '198.51.100.7',
    allowed: true,
  },
  { name: 'refuses the next address', allowedIps: ['198.51.100.7'], address: '198.51.100.8', allowed: false },
  {
    name: 'lets an address of a listed block send',
    allowedIps: ['192.0.2.0/24'],
    address: '192.0.2.255',
    allowed: true,
  },
  {
    name: 'refuses an address beside a block',
    allowedIps: ['192.0.2.0/25'],
    address: '192.0.2.128',
    allowed: false,
  },
  {
    name: 'refuses IPv6 once there is a list',
    allowedIps: ['0.0.0.0/0'],
    address: '2001:db8::1',
    allowed: false,
  },
];

for (const { name, allowedIps, address, allowed } of ADDRESSES) {
  test(name, () => {
    assert.equal(allowsAddress({ ...OPS, allowedIps }, address), allowed);
  });
}
