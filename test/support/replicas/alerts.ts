/** Single alerts for trials that follow each of them: posted by name, and found by name in what was shown. */
import assert from 'node:assert/strict';
import type { SimRequest } from '../dingtalk-sim/records.ts';
import { eventually } from '../eventually.ts';
import { namesOf, toldIn } from '../told.ts';
import { webhookBody } from '../webhook.ts';
import { postOnce } from './post.ts';
import type { Replica } from './replica.ts';
import type { Stage } from './stage.ts';

/** The webhook of one alert that is a group of its own, for one robot. */
export function alertBody(name: string, robot: string): string {
  return webhookBody(name, [{ name, labels: { robot } }]);
}

/** Posts it to this replica, which must take it. */
export async function postAlert(replica: Replica, name: string, robot: string): Promise<void> {
  const { status, text } = await postOnce(replica, alertBody(name, robot));
  assert.equal(status, 200, `${replica.name} answered ${status} ${text}`);
}

/** Waits until all of these are shown; each may be shown once only, and nothing else. */
export async function shownOnce({ sim }: Stage, names: readonly string[], withinMs: number): Promise<void> {
  const wanted = names.toSorted().join(' ');
  const look = async (): Promise<boolean> => {
    const told = namesOf(toldIn(await sim.messages()));
    if (told.length >= names.length) return true;
    throw new Error(`told: ${told.join(' ')}`);
  };
  await eventually(`shown: ${wanted}`, look, { withinMs });
  assert.equal(namesOf(toldIn(await sim.messages())).join(' '), wanted);
}

/** The calls to a robot, the first first. */
export async function callsTo({ sim }: Stage, robot: string): Promise<readonly SimRequest[]> {
  return (await sim.requests()).filter((request) => request.robot === robot);
}
