import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Delay, delayCause } from './delay-cause.ts';

const QUIET: Delay = { receivedAt: 5000, trouble: undefined, isPaced: true, startedAt: 1000 };
const OUTAGE = { cause: 'outage', since: 2000, failures: 3, retryAt: 0 } as const;

describe('a late event was held up', () => {
  const rows: { name: string; given: Partial<Delay>; cause: string | undefined }[] = [
    { name: 'by trouble that goes on', given: { trouble: OUTAGE }, cause: 'outage' },
    {
      name: 'by trouble that ended while it waited',
      given: { trouble: { ...OUTAGE, cause: 'setting', endedAt: 5001 } },
      cause: 'setting',
    },
    {
      name: 'by the limit, if the trouble was over before it came',
      given: { trouble: { ...OUTAGE, endedAt: 5000 } },
      cause: 'limit',
    },
    { name: 'by the limit, if there was no trouble', given: {}, cause: 'limit' },
    { name: 'by nothing that we know, without a limit', given: { isPaced: false }, cause: undefined },
    { name: 'by nothing that we know, before we were there', given: { receivedAt: 999 }, cause: undefined },
  ];
  for (const { name, given, cause } of rows) {
    test(name, () => assert.equal(delayCause({ ...QUIET, ...given }), cause));
  }
});
