import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NotifierdError } from '../errors.ts';
import { createLogger, type Logger, type LoggerOptions } from './logger.ts';
import { createRedactor } from './redact.ts';

describe('createLogger as JSON', () => {
  it('writes one object a line with time, level, msg and the fields', () => {
    const { log, lines } = capture({ format: 'json' });
    log.info('listening', { url: 'http://127.0.0.1:8060', sinks: ['ops'], nothing: undefined });
    const { time, ...rest } = JSON.parse(lines[0] ?? '');
    assert.deepEqual(rest, { level: 'info', msg: 'listening', url: 'http://127.0.0.1:8060', sinks: ['ops'] });
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(lines[0]?.endsWith('}\n'));
  });

  it('gives a child its fields, which the fields of a line override without standing there twice', () => {
    const { log, lines } = capture({ format: 'json' });
    log.child({ sink: 'ops', attempt: 1 }).warn('attempt failed', { attempt: 2 });
    assert.match(lines[0] ?? '', /"sink":"ops","attempt":2,/);
    assert.equal(lines[0]?.match(/attempt"/g)?.length, 1);
  });

  it('keeps time, level and msg when fields have these names', () => {
    const { log, lines } = capture({ format: 'json' });
    log.info('real', { msg: 'fake', level: 'error', time: 'never' });
    const { time, ...rest } = JSON.parse(lines[0] ?? '');
    assert.notEqual(time, 'never');
    assert.deepEqual(rest, { level: 'info', msg: 'real', msg_: 'fake', level_: 'error', time_: 'never' });
  });

  it('writes nothing below its level', () => {
    const { log, lines } = capture({ format: 'json', level: 'warn' });
    log.debug('a');
    log.info('b');
    log.error('c');
    assert.equal(lines.length, 1);
  });

  it('does not take text for a format string', () => {
    const { log, lines } = capture({ format: 'json' });
    log.info('100%s of %d', { a: 1 });
    assert.equal(JSON.parse(lines[0] ?? '').msg, '100%s of %d');
  });
});

describe('createLogger as text', () => {
  it('writes time, level, text and the fields for people', () => {
    const { log, lines } = capture({ format: 'text' });
    log.info('listening', { url: 'http://127.0.0.1:8060', count: 3, name: 'two words', empty: '' });
    log.error('stopped');
    assert.match(
      lines[0] ?? '',
      /^\S+Z INFO {2}listening url=http:\/\/127\.0\.0\.1:8060 count=3 name="two words" empty=""\n$/,
    );
    assert.match(lines[1] ?? '', /^\S+Z ERROR stopped\n$/);
  });

  const rows: { name: string; value: unknown; written: string }[] = [
    { name: 'line breaks', value: 'a\nb', written: '"a\\nb"' },
    { name: 'quotes', value: 'a"b', written: '"a\\"b"' },
    { name: 'an equals sign', value: 'a=b', written: '"a=b"' },
    { name: 'an escape sequence', value: '\u001b[2J', written: '"\\u001b[2J"' },
    { name: 'C1 controls and DEL', value: '\u009b2J\u007f', written: '"\\u009b2J\\u007f"' },
    { name: 'bidi overrides', value: 'a\u202eb', written: '"a\\u202eb"' },
    { name: 'an object', value: { a: [1, null] }, written: '"{\\"a\\":[1,null]}"' },
    { name: 'Chinese', value: '告警', written: '告警' },
  ];
  for (const { name, value, written } of rows) {
    it(`keeps ${name} on one safe line`, () => {
      const { log, lines } = capture({ format: 'text' });
      log.info('x', { value });
      assert.equal(lines[0]?.slice(25), `INFO  x value=${written}\n`);
    });
  }
});

describe('createLogger with errors', () => {
  it('writes name, code and message of a foreseen error, and its stack only at debug', () => {
    const error = new NotifierdError('listen_failed', 'cannot listen');
    assert.deepEqual(logged(error), {
      name: 'NotifierdError',
      code: 'listen_failed',
      message: 'cannot listen',
    });
    assert.match(logged(error, { level: 'debug' }).stack, /logger\.test/);
  });

  it('writes the stack of an error that nobody foresaw', () => {
    assert.match(logged(new TypeError('x is not a function')).stack, /logger\.test/);
  });

  it('never writes another property, not even through toJSON or a nested error', () => {
    const error = Object.assign(new Error('Request failed with status code 500'), {
      code: 'ERR_BAD_RESPONSE',
      config: { url: 'https://h/robot/send?access_token=leak' },
      toJSON: () => ({ url: 'leak' }),
      cause: { url: 'leak' },
    });
    class Answer {
      readonly url = 'leak';
    }
    const { log, lines } = capture({ format: 'json' });
    log.error('failed', { error, nested: { list: [error] }, answer: new Answer() });
    assert.ok(!lines[0]?.includes('leak'), lines.join(''));
    assert.match(lines[0] ?? '', /"answer":"\[Answer\]"/);
  });
});

describe('createLogger with any field', () => {
  it('bears cycles, big numbers, functions and objects without prototype', () => {
    const cycle: Record<string, unknown> = {
      big: 2n ** 80n,
      nan: Number.NaN,
      bare: Object.create(null),
      fn: () => 1,
    };
    cycle.self = cycle;
    for (const format of ['json', 'text'] as const) {
      const { log, lines } = capture({ format });
      log.info('odd', cycle);
      assert.equal(lines.length, 1);
    }
  });

  it('removes secrets from the finished line, in both formats', () => {
    for (const format of ['json', 'text'] as const) {
      const { log, lines } = capture({ format, redact: createRedactor(['s3cr"et']) });
      log
        .child({ bound: 's3cr"et' })
        .info('text s3cr"et', { s3: { deep: ['a s3cr"et b'] }, error: new Error('s3cr"et') });
      assert.equal(lines[0]?.includes('s3cr'), false, lines.join(''));
      assert.ok((lines[0]?.match(/<secret>/g)?.length ?? 0) >= 4, lines.join(''));
    }
  });
});

function capture(options: Partial<LoggerOptions>): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return {
    log: createLogger({ level: 'info', format: 'json', redact: (text) => text, destination, ...options }),
    lines,
  };
}

function logged(
  error: Error,
  options: Partial<LoggerOptions> = {},
): { stack: string } & Record<string, unknown> {
  const { log, lines } = capture(options);
  log.error('failed', { error });
  return JSON.parse(lines[0] ?? '').error;
}
