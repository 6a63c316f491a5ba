import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownMessage } from '../dingtalk-sim/records.ts';
import { readMessage } from './reading.ts';

function shown(msgtype: 'link' | 'markdown', text: string): ShownMessage {
  return {
    msgtype,
    title: 'title',
    text,
    url: null,
    links: [],
    robot: 'ops',
    shownAt: 0,
    msgUuid: null,
    bytes: 400,
  };
}

const LINE = '- firing [mark=m000002 pod=checkout-m000002](http://prometheus/m000002)';

const cases: readonly {
  name: string;
  message: ShownMessage;
  alerts: readonly string[];
  lineBytes: number;
}[] = [
  {
    name: 'a link tells of one alert, with its whole body',
    message: shown('link', 'resolved: Pod team-1/checkout-m000001 is not ready.'),
    alerts: ['resolved m000001'],
    lineBytes: 400,
  },
  {
    name: 'a digest tells of an alert in each line',
    message: shown(
      'markdown',
      `**2 firing**\n\n${LINE}\n- resolved [mark=m000003](http://prometheus/m000003)`,
    ),
    alerts: ['firing m000002', 'resolved m000003'],
    lineBytes: 127,
  },
  {
    name: 'an alert that is over is told of in both of its states',
    message: shown('markdown', '- fired and cleared [mark=m000004](http://prometheus/)'),
    alerts: ['firing m000004', 'resolved m000004'],
    lineBytes: 56,
  },
];
for (const { name, message, alerts, lineBytes } of cases) {
  test(name, () => {
    const read = readMessage(message);
    assert.deepEqual(read.alerts, alerts);
    assert.equal(read.lineBytes, lineBytes);
  });
}

test('a line without a mark is no alert that could be counted', () => {
  assert.throws(
    () => readMessage(shown('markdown', '- firing [pod=checkout](http://prometheus/)')),
    /expected "<status> … <mark>"/,
  );
});
