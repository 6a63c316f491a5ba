/** The reading of messages, on texts as the plugin's page shows them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownMessage } from './dingtalk-sim/records.ts';
import { namesOf, toldIn } from './told.ts';

const LIMIT = "DingTalk's limit";

function shown(shownAt: number, text: string): ShownMessage {
  const view = { msgtype: 'link', title: 'title', text, url: null, links: [] } as const;
  return { ...view, robot: 'ops', shownAt, msgUuid: null, bytes: 100 };
}

const rows: readonly { name: string; text: string; told: readonly (readonly string[])[] }[] = [
  { name: 'a link', text: 'firing: description of Disk1', told: [['Disk1', 'firing', '', '']] },
  {
    name: 'a late link in another one’s place',
    text: `[for ops-group, which cannot deliver this] resolved: description of Disk1 (delivered 12 min late: ${LIMIT})`,
    told: [['Disk1', 'resolved', 'ops-group', `delivered 12 min late: ${LIMIT}`]],
  },
  {
    name: 'a digest that is late as a whole, in another one’s place',
    text: `(for ops, which cannot deliver this) **2 firing**, now, delivered 6 to 12 min late (${LIMIT})\n\n### warning (2)\n\n**A** group=x\n\n- firing [A](http://h/g) description of A\n\n**B**\n\n- fired and cleared [B](http://h/g) description of B, lasted 3m`,
    told: [
      ['A', 'firing', 'ops', `delivered 6 to 12 min late (${LIMIT})`],
      ['B', 'fired and cleared', 'ops', `delivered 6 to 12 min late (${LIMIT})`],
    ],
  },
  {
    name: 'a digest of which a line is late and for another',
    text: `**2 firing**, now\n\n**A**\n\n- firing [A](http://h/g) description of A\n\n**B**\n\n- (for ops, which cannot deliver this) firing [B](http://h/g) description of B (delivered 6 min late)`,
    told: [
      ['A', 'firing', '', ''],
      ['B', 'firing', 'ops', 'delivered 6 min late'],
    ],
  },
];
for (const { name, text, told } of rows) {
  test(`reads ${name}`, () => {
    const read = toldIn([shown(1, text)]).map((one) => [one.name, one.status, one.insteadOf ?? '', one.late]);
    assert.deepEqual(read, told);
  });
}

test('goes by the time of display, not by the robot', () => {
  const told = toldIn([shown(2, 'resolved: description of A'), shown(1, 'firing: description of A')]);
  assert.deepEqual(
    told.map(({ status }) => status),
    ['firing', 'resolved'],
  );
  assert.deepEqual(namesOf(told), ['A', 'A']);
});
