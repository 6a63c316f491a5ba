/** What replicas tell each other on PostgreSQL's channel, and what they make of what others say there. */
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import {
  channelOf,
  listenForNews,
  type News,
  type NewsListener,
} from '../../src/core/outbox/postgres/news.ts';
import { eventually } from '../support/eventually.ts';
import { takeLanes } from './lease-steps.ts';
import { laneOf } from './outbox-steps.ts';
import { arrivalOf, createStore } from './postgres-steps.ts';

const store = await createStore();
after(store.drop);

const channel = channelOf(store.address);
let listener: NewsListener | undefined;
afterEach(async () => await listener?.close());

/** What is heard from now on, beginning with what is told at each beginning. */
async function listen(): Promise<readonly News[]> {
  const heard: News[] = [];
  listener = listenForNews(
    store.address,
    {},
    { channel, clock: systemClock, onNews: (news) => heard.push(news) },
  );
  await eventually('it listens', () => heard.length === 1, { everyMs: 2 });
  return heard;
}

test('everything is looked at when listening begins, and again after each time it broke off', async () => {
  const heard = await listen();
  await store.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name like 'notifierd %' and datname = current_database()`,
  );
  await eventually('it listens again', () => heard.length === 2);
  assert.deepEqual(heard, ['all', 'all']);
});

const STORED = [
  { name: 'who stores something names its lanes', count: 2, nameOf: (index: number) => `lane-${index}` },
  {
    name: 'more lanes than a payload holds are told as: look at everything',
    count: 200,
    nameOf: (index: number) => `lane-${index}-${'ü'.repeat(30)}`,
  },
];
for (const { name, count, nameOf } of STORED) {
  test(name, async () => {
    const names = Array.from({ length: count }, (_, index) => nameOf(index));
    const outbox = await store.open();
    await takeLanes(
      outbox,
      names.map((lane) => laneOf(lane)),
      Date.now(),
    );
    const heard = await listen();
    await outbox.append(arrivalOf({ group: name, key: 'k', alerts: ['a'], lanes: names }));
    await eventually('it is told', () => heard.length > 1, { everyMs: 2 });
    // A copy is no news.
    await outbox.append(arrivalOf({ group: name, key: 'k', alerts: ['a'], lanes: names }));
    await outbox.append(arrivalOf({ group: name, alerts: ['b'], lanes: [nameOf(0)] }));
    await eventually('the next is told', () => heard.length > 2, { everyMs: 2 });
    assert.deepEqual(heard, ['all', count > 2 ? 'all' : names, [nameOf(0)]]);
    await outbox.close();
    await store.empty();
  });
}

const PAYLOADS = ['', 'no JSON', '{"lane":"ops"}', 'null', '"all"'];
test('what nobody of ours would say means: look at everything', async () => {
  const heard = await listen();
  for (const payload of PAYLOADS) await store.query(`select pg_notify('${channel}', '${payload}')`);
  await eventually('all is heard', () => heard.length === PAYLOADS.length + 1, { everyMs: 2 });
  assert.ok(heard.every((news) => news === 'all'));
});

test('schemas of one database do not hear each other', async () => {
  const heard = await listen();
  await store.query(`select pg_notify('${channelOf({ ...store.address, schema: 'other' })}', '["ops"]')`);
  await store.query(`select pg_notify('${channel}', '["dev"]')`);
  await eventually('its own is heard', () => heard.length === 2, { everyMs: 2 });
  assert.deepEqual(heard, ['all', ['dev']]);
});
