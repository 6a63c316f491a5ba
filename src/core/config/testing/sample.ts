/** For the tests of this room: a plugin of their own, files in a folder that goes away, and a short way to load. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { ConfigError, type Fault, faultLine, NotifierdError } from '../../errors.ts';
import type { SinkPlugin } from '../../plugin/contract.ts';
import type { Config } from '../config.ts';
import { loadConfig } from '../load.ts';
import type { Mapping } from '../mapping.ts';

/** A plugin with a key of every format. It cannot send. */
export const samplePlugin: SinkPlugin<Mapping> = {
  name: 'sample',
  schema: {
    token: { doc: 'The token.', default: null, format: 'required_text', sensitive: 'token' },
    secret: { doc: 'The secret.', default: '', format: 'text', sensitive: 'token' },
    password: { doc: 'The password.', default: '', format: 'text', sensitive: 'password' },
    keyword: { doc: 'A word.', default: null, format: 'text' },
    endpoint: { doc: 'The host.', default: 'https://example.com', format: 'http_url' },
    form: { doc: 'The form.', default: 'link', format: ['link', 'markdown'] },
    silent: { doc: 'No sound.', default: false, format: 'flag' },
    width: { doc: 'Characters.', default: 0, format: 'whole' },
    patience: { doc: 'A wait.', default: '5s', format: 'duration' },
    room: { doc: 'Bytes.', default: '1KiB', format: 'size' },
    tokens: { doc: 'Several tokens.', default: [], format: 'text_list', sensitive: 'token' },
    people: { doc: 'Names.', default: [], format: 'text_list' },
    pictures: { doc: 'By severity.', default: {}, format: 'text_map' },
  },
  validate: (config) =>
    config.keyword === 'forbidden'
      ? [{ path: 'keyword', message: 'expected another word', hint: 'any other' }]
      : [],
  warn: (config) =>
    config.keyword === 'odd' ? [{ path: 'keyword', message: 'looks odd', hint: 'any other' }] : [],
  create() {
    throw new Error('a configuration creates no sink');
  },
};

/** What a test gives beside the configuration's text. */
export interface SampleOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Files to write first, by their name inside the folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A folder of its own for one test. */
export async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'notifierd-config-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Loads the text as the file notifierd.yaml of a folder of its own. */
export async function loadText(
  context: TestContext,
  text: string,
  options: SampleOptions = {},
): Promise<Config> {
  const directory = await temporaryFolder(context);
  const files = { ...options.files, 'notifierd.yaml': text };
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return loadConfig('notifierd.yaml', { env: options.env ?? {}, findPlugin: findSample, directory });
}

/** The faults for which the text is refused. */
export async function faultsOf(
  context: TestContext,
  text: string,
  options: SampleOptions = {},
): Promise<readonly Fault[]> {
  try {
    await loadText(context, text, options);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

/** The faults as people read them, one line each. */
export async function faultLinesOf(
  context: TestContext,
  text: string,
  options: SampleOptions = {},
): Promise<readonly string[]> {
  return (await faultsOf(context, text, options)).map((fault) => faultLine(fault).trim());
}

async function findSample(name: string): Promise<SinkPlugin<Mapping>> {
  if (name === 'sample') return samplePlugin;
  throw new NotifierdError(
    'plugin_unknown',
    `there is no plugin ${JSON.stringify(name)}`,
    'did you mean sample?',
  );
}
