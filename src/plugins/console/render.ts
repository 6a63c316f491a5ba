/**
 * The exact text that is written for a message: its body, coloured if that was decided, and an end. Pure.
 */

import { ownValue } from '../../core/event/own-value.ts';
import type { SealedMessage } from '../../core/plugin/contract.ts';
import { HEAD } from './event-text.ts';

/** Select Graphic Rendition of ECMA-48 (https://ecma-international.org/publications-and-standards/standards/ecma-48/). */
const STYLES: Readonly<Record<string, string>> = {
  critical: '1;31',
  error: '31',
  warning: '33',
  unknown: '35',
  info: '36',
  none: '2',
};
const RESOLVED_STYLE = '32';

/** Text blocks end with an empty line, so that messages stand apart; a JSON message is its lines. */
export function render({ form, body }: SealedMessage, { coloured }: { readonly coloured: boolean }): string {
  if (form !== 'text') return `${body}\n`;
  return `${coloured ? body.split('\n').map(colourHead).join('\n') : body}\n\n`;
}

/** Only lines at the margin are heads; what alerts say is indented. */
function colourHead(line: string): string {
  return line.replace(HEAD, (head, status: string, severity: string) => {
    const style = status === 'RESOLVED' ? RESOLVED_STYLE : (ownValue(STYLES, severity) ?? '0');
    return `\u001b[${style}m${head}\u001b[0m`;
  });
}
