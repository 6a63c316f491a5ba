/** What people paste in place of a DingTalk credential: check-config says it once, with the cure, and repeats nothing of it. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stringify } from 'yaml';
import { runCli } from '../support/cli.ts';
import { createTempDir } from '../support/temp-dir.ts';

const dir = createTempDir();
after(() => dir.remove());

const HEX = 'feedface'.repeat(8);
const SECRET = `SEC${'c0ffee42'.repeat(8)}`;
const ADDRESS = `https://oapi.dingtalk.com/robot/send?access_token=${HEX}`;
const PLANTED = /feedface|c0ffee42|PLANTED/i;

interface Pasted {
  readonly name: string;
  readonly keys: Readonly<Record<string, unknown>>;
  readonly says: RegExp;
}

const REFUSED: readonly Pasted[] = [
  {
    name: 'a whole address',
    keys: { access_token: ADDRESS },
    says: /access_token: .*whole address.*url_file/,
  },
  {
    name: 'the end of an address',
    keys: { access_token: `access_token=${HEX}` },
    says: /access_token: .*access_token= in it.*only what stands behind/,
  },
  {
    name: 'a blank inside',
    keys: { access_token: `${HEX} ${HEX}` },
    says: /access_token: .*blanks.*copy it anew/,
  },
  { name: 'a line end inside', keys: { secret: `${SECRET}\n${SECRET}` }, says: /secret: .*line ends/ },
  {
    name: 'a variable',
    keys: { access_token: `\${PLANTED}` },
    says: /access_token: .*name of a variable.*access_token_file/,
  },
  {
    name: 'an address in a pool',
    keys: { access_tokens: [HEX, ADDRESS] },
    says: /access_tokens: number 2: .*whole address/,
  },
  {
    name: 'a variable in a pool',
    keys: { access_tokens: [HEX, '$PLANTED'] },
    says: /access_tokens: number 2: .*name of a variable/,
  },
  { name: 'a token in place of the address', keys: { url: HEX }, says: /url: .*token alone/ },
  {
    name: 'address and token',
    keys: { url: ADDRESS, access_token: HEX },
    says: /url: given together with access_token/,
  },
  {
    name: 'an address of another edition than the endpoint',
    keys: { url: ADDRESS, endpoint: 'https://oapi.dingtalk.io' },
    says: /endpoint: .*url begins with/,
  },
];

/** One file with a sink for each, so that one run of the program judges all. */
test('each mistake is one fault with its cure, and nothing of a credential is repeated', async () => {
  const file = join(dir.path, 'refused.yaml');
  const sinks = REFUSED.map(({ keys }, index) => {
    const token = keys.access_tokens === undefined && keys.url === undefined ? { access_token: HEX } : {};
    return [`sink-${index}`, { plugin: 'dingtalk', ...token, ...keys }] as const;
  });
  writeFileSync(file, stringify({ sinks: Object.fromEntries(sinks) }));
  const { code, stdout, stderr } = await runCli(['check-config', file]);
  assert.equal(code, 1);
  for (const [index, { name, says }] of REFUSED.entries()) {
    const lines = stderr.split('\n').filter((line) => line.includes(`sinks.sink-${index}.`));
    assert.equal(lines.length, 1, `${name}: ${lines.join('\n')}`);
    assert.match(lines[0] ?? '', says, name);
  }
  assert.doesNotMatch(stdout + stderr, PLANTED);
});

test('what is pasted with white space around it, or as the whole address, is taken; the swapped is pointed out', async () => {
  const file = join(dir.path, 'taken.yaml');
  writeFileSync(join(dir.path, 'url'), `\ufeff ${ADDRESS}\r\n`);
  writeFileSync(join(dir.path, 'secret'), `${SECRET}\n\n`);
  const robot = { plugin: 'dingtalk', access_token: ` ${HEX}\n` };
  const sinks = {
    whole: { plugin: 'dingtalk', url_file: 'url', secret_file: 'secret' },
    blanks: robot,
    swapped: { ...robot, access_token: SECRET, secret: HEX },
  };
  writeFileSync(file, stringify({ sinks }));
  const { code, stdout, stderr } = await runCli(['check-config', file], { cwd: dir.path });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^warning: sinks\.swapped\.access_token: looks like a robot's secret.*\n$/);
  assert.doesNotMatch(stdout + stderr, PLANTED);
});
