/**
 * `npm run demo`: the whole story in half a minute and without a network. Starts a DingTalk that runs here and notifierd in front of
 * it, posts what a real Alertmanager once sent (a group that fires, changes and resolves), and shows the group chat as people see
 * it. With `--keep` both stay up for a look with a browser, until Ctrl-C.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { type Daemon, startDaemon } from '../test/support/daemon.ts';
import { eventually } from '../test/support/eventually.ts';
import { readFixture } from '../test/support/fixtures.ts';
import { type SimProcess, startSimProcess } from '../test/support/sim-process.ts';

const TOKEN = 'demo-token';
const SECRET = 'SECdemo0123456789';

/** What Alertmanager 0.25 sent about one group, in order, and how many messages each makes. */
const STORY = [
  { file: 'lifecycle-1-firing.json', what: 'two pods fail', messages: 2 },
  { file: 'lifecycle-2-mixed.json', what: 'one recovers, another one fails', messages: 2 },
  { file: 'lifecycle-2-mixed.json', what: 'the same again, as from a second Alertmanager', messages: 0 },
  // More than five alerts within ten seconds: these two are told in one message.
  { file: 'lifecycle-3-resolved.json', what: 'all is well', messages: 1 },
];

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
const sim = await startSimProcess({ robots: [`name=ops-group,token=${TOKEN},secret=${SECRET}`] });
const daemon = await startDaemon({
  config: {
    links: { prometheus_url: 'http://203.0.113.10:30027/' },
    sinks: { 'ops-group': { plugin: 'dingtalk', endpoint: sim.url, access_token: TOKEN, secret: SECRET } },
  },
});
try {
  say(`DingTalk (simulated) is at ${sim.url}, notifierd at ${daemon.url}\n`);
  await tell(daemon, sim);
  if (values.keep) {
    say(`Open ${sim.url} in a browser for the group chat. Ctrl-C ends the demo.`);
    await once(process, 'SIGINT');
  }
} finally {
  await daemon.stop();
  await sim.stop();
}

async function tell({ url }: Daemon, { messages }: SimProcess): Promise<void> {
  let shown = 0;
  for (const { file, what, messages: count } of STORY) {
    const answer = await fetch(url, { method: 'POST', body: new Uint8Array(readFixture(file)) });
    say(`Alertmanager posts ${file} (${what})\n  notifierd answers ${answer.status} ${await answer.text()}`);
    const all = await eventually('the messages are in the group', async () => {
      const seen = await messages('ops-group');
      return seen.length >= shown + count && seen;
    });
    if (count === 0) say('  nothing new for the group');
    for (const message of all.slice(shown)) say(card(message));
    shown = all.length;
    say('');
  }
  say(`The group has seen ${shown} messages: each state of each alert once.`);
}

/** A message as a group chat shows it, but for its markdown. */
function card(message: {
  readonly title?: string | null;
  readonly text?: string | null;
  readonly url?: string | null;
}): string {
  const lines = [message.title, message.text, message.url]
    .flatMap((text) => (text ?? '').split('\n'))
    .filter((line) => line !== '');
  const width = Math.max(...lines.map((line) => line.length));
  const row = (line: string): string => `  │ ${line.padEnd(width)} │`;
  return [`  ┌${'─'.repeat(width + 2)}┐`, ...lines.map(row), `  └${'─'.repeat(width + 2)}┘`].join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
