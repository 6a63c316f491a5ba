import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameProblem, toPascalCase } from './sink-name.ts';

const TAKEN = ['console', 'dingtalk'];

describe('nameProblem', () => {
  for (const name of ['slack', 'ms-teams', 'x', 'pager2', 'a1-b2']) {
    it(`takes ${name}`, () => assert.equal(nameProblem(name, TAKEN), undefined));
  }

  const refused = [
    { name: '', why: 'nothing' },
    { name: 'Slack', why: 'a capital letter' },
    { name: 'ms_teams', why: 'an underscore' },
    { name: 'ms--teams', why: 'two dashes' },
    { name: '-slack', why: 'a dash in front' },
    { name: 'slack-', why: 'a dash at the end' },
    { name: '2pager', why: 'a digit in front' },
    { name: '../core', why: 'a path' },
    { name: 'a/b', why: 'a slash' },
    { name: '.', why: 'a dot' },
    { name: 'ms teams', why: 'a blank' },
    { name: 'slack\n', why: 'a line break' },
    { name: '企业微信', why: 'letters that no identifier here has' },
    { name: 'x'.repeat(41), why: 'more than 40 characters' },
  ];
  for (const { name, why } of refused) {
    it(`refuses ${why}`, () => assert.match(nameProblem(name, TAKEN) ?? '', /^expected a name such as/));
  }

  it('refuses a name that is taken, and says where', () => {
    assert.match(nameProblem('dingtalk', TAKEN) ?? '', /^src\/plugins\/dingtalk is there already/);
  });
});

describe('toPascalCase', () => {
  it('makes the beginning of an identifier', () => {
    assert.deepEqual(['slack', 'ms-teams', 'a1-2b'].map(toPascalCase), ['Slack', 'MsTeams', 'A12b']);
  });
});
