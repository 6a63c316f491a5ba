/** The list `links.rewrite` of a configuration, checked as far as it can be without a link. */
import { type Fault, NotifierdError } from '../errors.ts';
import { compileLinkRule, type LinkRule } from '../event/link-rules.ts';
import { type Entry, readEntries } from './entries.ts';
import type { Setting } from './formats.ts';

/** The keys of one rule. */
export const REWRITE_SETTINGS: Readonly<Record<string, Setting>> = {
  prefix: {
    doc: 'What a link must begin with; this part is replaced. Either this or regex.',
    default: null,
    format: 'text',
  },
  regex: {
    doc: 'An RE2 expression; its first match in a link is replaced. Either this or prefix.',
    default: null,
    format: 'text',
  },
  to: {
    doc: 'What to write in its place; for a regex, $1 stands for its first group.',
    default: null,
    format: 'required_text',
  },
};

/** Reads the list; a missing one is empty. */
export async function readRewriteRules(
  raw: unknown,
): Promise<{ readonly rules: readonly LinkRule[]; readonly faults: readonly Fault[] }> {
  if (raw === undefined) return { rules: [], faults: [] };
  const { entries, faults } = await readEntries(raw, { at: 'links.rewrite', settings: REWRITE_SETTINGS });
  const rules: LinkRule[] = [];
  const ruleFaults: Fault[] = [];
  for (const entry of entries) {
    const rule = toRule(entry);
    if (rule !== undefined) rules.push(rule);
    const fault = rule === undefined ? shapeFault(entry) : ruleFault(entry.at, rule);
    if (fault !== undefined) ruleFaults.push(fault);
  }
  return { rules, faults: [...faults, ...ruleFaults] };
}

function toRule({ values: { prefix, regex, to } }: Entry): LinkRule | undefined {
  if (typeof to !== 'string') return undefined;
  if (typeof prefix === 'string') return typeof regex === 'string' ? undefined : { prefix, to };
  return typeof regex === 'string' ? { regex, to } : undefined;
}

/** Of an entry with other faults it is not known what it was meant to hold. */
function shapeFault({ at, values, isSound }: Entry): Fault | undefined {
  if (!isSound) return undefined;
  const got = typeof values.prefix === 'string' ? 'both' : 'neither';
  return { path: at, message: `expected either prefix or regex, got ${got}` };
}

function ruleFault(at: string, rule: LinkRule): Fault | undefined {
  if ('prefix' in rule && !/^https?:\/\//i.test(rule.to)) {
    return { path: `${at}.to`, message: 'expected the beginning of a link, with http:// or https://' };
  }
  try {
    compileLinkRule(rule);
    return undefined;
  } catch (error) {
    if (!(error instanceof NotifierdError)) throw error;
    return { path: at, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
}
