/**
 * What a person may set for one console sink: the keys, their meaning and their defaults.
 */
import type { ConfigSchema, KeyRemark } from '../../core/plugin/contract.ts';

/** `text`: a block an event, for people. `json`: a line an event, for pipes. */
export const FORMATS = ['text', 'json'] as const;

/** When text is coloured. */
export const COLOURS = ['auto', 'always', 'never'] as const;

/** One console sink's own keys, as read from the configuration. */
export interface ConsoleConfig {
  readonly format: (typeof FORMATS)[number];
  readonly colour: (typeof COLOURS)[number];
  readonly file: string;
}

/** The keys of a console sink. */
export const schema: ConfigSchema<ConsoleConfig> = {
  format: {
    doc: 'text: a readable block an event. json: the whole event, one line each.',
    default: 'text',
    format: FORMATS,
  },
  colour: {
    doc: 'Colours in text. auto: only on a terminal, and not if NO_COLOR is set.',
    default: 'auto',
    format: COLOURS,
  },
  file: {
    doc: 'Appends to this file in place of standard output. Opened anew for each message, so it may be rotated. Empty: standard output.',
    default: '',
    format: 'text',
  },
};

/** The name of a file that can be one; whether it can be written shows when something is. */
export function validate({ file }: ConsoleConfig): readonly KeyRemark[] {
  if (!/\p{Cc}|(?:^|\/)\.{0,2}$/u.test(file) || file === '') return [];
  return [
    { path: 'file', message: 'expected the name of a file, got that of a folder or control characters' },
  ];
}
