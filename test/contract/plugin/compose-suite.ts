/** The pure half of a sink: compose(), render() and plain(), over recorded and hostile events. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Event, Message } from '../../../src/core/plugin/contract.ts';
import { MENDS, type Mend } from '../../../src/core/plugin/outcome.ts';
import { type ComposeCheck, calm, checkMessage, composeAll, STORM } from './compose-check.ts';
import { hostileEvents, hostileText } from './hostile-events.ts';
import { deepFreeze, readRecordedEvents } from './recorded-events.ts';
import { makeSampleConfig } from './sample-config.ts';
import { hostWithoutWorld, NOWHERE, type Subject } from './subject.ts';

const RUNS = { numRuns: 100 };
/** As often as the core may ask for a mend: shorter three times, each other once. */
const MENDS_IN_A_ROW: readonly (readonly Mend[])[] = [
  ...MENDS.map((mend) => [mend]),
  ['shorter', 'shorter'],
  ['shorter', 'shorter', 'shorter'],
  [...MENDS, 'shorter', 'shorter'],
  MENDS.toReversed(),
];

/** Tests of what a sink composes. */
export function describeComposing({ plugin, conformance }: Subject): void {
  const recorded = readRecordedEvents();
  const allEvents = deepFreeze(recorded.flatMap(({ events }) => events));
  const firstEvents = recorded.flatMap(({ events }) => events.slice(0, 1));
  let check: Omit<ComposeCheck, 'context'>;

  describe('composing', () => {
    before(async () => {
      // Nothing is written to the folder: the host fails whoever would send, and composing does no I/O.
      const { config, secrets } = await makeSampleConfig(plugin, conformance, {
        url: NOWHERE,
        dir: '/nonexistent',
      });
      check = { sink: plugin.create(deepFreeze(config), hostWithoutWorld()), secrets };
    });

    describe('compose()', () => {
      for (const { name, events } of recorded) {
        test(`covers every event of ${name} within the limits`, () => {
          for (const context of [calm(events), STORM]) composeAll({ ...check, context }, events);
        });
      }

      test('covers the events of all webhooks together', () => {
        composeAll({ ...check, context: STORM }, allEvents);
      });

      for (const pressure of ['no', 'high'] as const) {
        test(`shows each event once, in the message that covers it, under ${pressure} pressure`, () => {
          const events = numberedEvents(allEvents);
          const context = pressure === 'no' ? calm(events) : STORM;
          for (const { covered, rendered } of composeAll({ ...check, context }, events)) {
            const shown = new Set(rendered.match(/ConformanceAlert\d{4}/g));
            assert.deepEqual([...shown].sort(), covered.map((event) => event.name).sort());
          }
        });
      }

      test('bears whatever Alertmanager can post', () => {
        fc.assert(
          fc.property(hostileEvents, fc.boolean(), (events, isCalm) => {
            composeAll({ ...check, context: isCalm ? calm(events) : STORM }, events);
          }),
          RUNS,
        );
      });

      for (const { name, sink } of SINKS) {
        test(`says for which sink an event stands in: ${name}`, () => {
          for (const event of [...firstEvents, enormous(firstEvents)]) composeInsteadOf(check, event, sink);
          fc.assert(
            fc.property(hostileEvents, ([event]) => {
              if (event !== undefined) composeInsteadOf(check, event, sink);
            }),
            { numRuns: 20 },
          );
        });
      }

      for (const mends of MENDS_IN_A_ROW) {
        test(`composes anew: ${mends.join(', ')}`, () => {
          const context = { ...STORM, mends: Object.freeze(mends) };
          composeAll({ ...check, context }, allEvents);
          fc.assert(
            fc.property(hostileEvents, (events) => void composeAll({ ...check, context }, events)),
            { numRuns: 10 },
          );
        });
      }
    });

    describe('plain()', () => {
      const plainly = (title: string, text: string, url: string): Message => {
        const message = check.sink.plain(title, text, url);
        assert.deepEqual(check.sink.plain(title, text, url), message);
        checkMessage(check, message);
        return message;
      };

      test('makes a message that shows title and text', () => {
        const { form, body } = plainly(
          'DiskFull',
          'firing: the disk is full',
          'http://prometheus.example.com/',
        );
        const rendered = check.sink.render({ id: '2f1c9a3e-6a53-4d0c-9d55-0f7e2a9b8c11', form, body });
        for (const part of ['DiskFull', 'the disk is full']) assert.ok(rendered.includes(part), rendered);
      });

      test('makes a message of nothing', () => {
        plainly('', '', 'http://prometheus.example.com/');
        plainly('', '', '');
      });

      test('bears any text and any link', () => {
        const url = fc.oneof(
          hostileText,
          hostileText.map((text) => `https://example.com/${text}`),
        );
        fc.assert(
          fc.property(hostileText, hostileText, url, (...words) => void plainly(...words)),
          RUNS,
        );
      });
    });
  });
}

/** Names that a sink may have: `mustShow` only where no format has a sign to escape. */
const SINKS = [
  { name: 'a short name', sink: { name: 'x', mustShow: false } },
  { name: 'an ordinary name', sink: { name: 'opsgroup1', mustShow: true } },
  { name: 'a long name', sink: { name: `${'A1'.repeat(31)}z`, mustShow: true } },
  { name: 'a long name of signs', sink: { name: `x${'_-'.repeat(31)}`, mustShow: false } },
] as const;

/** Composes one event, alone in its lane and in a storm, as it is and mended in each way. It must name the sink in all of them. */
function composeInsteadOf(
  check: Omit<ComposeCheck, 'context'>,
  event: Event,
  { name, mustShow }: (typeof SINKS)[number]['sink'],
): void {
  const events = [deepFreeze({ ...event, insteadOf: name })];
  for (const context of [calm(events), STORM]) {
    for (const mends of [[], ...MENDS_IN_A_ROW]) {
      for (const { message } of composeAll({ ...check, context: { ...context, mends } }, events)) {
        if (mustShow) assert.ok(message.body.includes(name), `no ${name} in ${message.body.slice(0, 500)}`);
      }
    }
  }
}

/** The first of these events, with more to say than any channel takes. */
function enormous([event]: readonly Event[]): Event {
  assert.ok(event, 'there are recorded events');
  const text = 'a lot to say, '.repeat(5000);
  return deepFreeze({ ...event, name: text, summary: text, description: text, labels: { text } });
}

/** Ordinary events, each with a name that no other has and that no text but its own repeats. */
function numberedEvents(events: readonly Event[]): readonly Event[] {
  const [first] = events;
  assert.ok(first, 'there are recorded events');
  return Array.from({ length: 60 }, (_, number) => {
    const name = `ConformanceAlert${String(number).padStart(4, '0')}`;
    const words = { name, summary: 'It is not well.', description: 'It is not well at all.' };
    return deepFreeze({
      ...first,
      ...words,
      id: `${first.id}-${number}`,
      labels: { ...first.labels, alertname: name },
      annotations: {},
      fingerprint: String(number).padStart(16, '0'),
      commonLabels: {},
      groupLabels: {},
      groupKey: '{}:{}',
    });
  });
}
