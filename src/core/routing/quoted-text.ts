/**
 * The inside of a double-quoted name or value in Alertmanager's matcher syntax. Alertmanager reads it as a Go string and, where
 * that fails, as its older releases did: there `\d` in a regular expression is a backslash and a d. So do we
 * (https://prometheus.io/docs/alerting/latest/configuration/#matcher).
 */

/** What the text between the quotes says. Never fails: what is no escape stands for itself. */
export function unquote(inside: string): string {
  return asGoText(inside) ?? asClassicText(inside);
}

const GO_ESCAPE = /\\(?:([abfnrtv\\"])|x([0-7][0-9a-fA-F])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|.?)/gs;
const LETTERS = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

function asGoText(inside: string): string | undefined {
  if (inside.includes('\n')) return undefined;
  let isGo = true;
  const text = inside.replace(
    GO_ESCAPE,
    (_, letter?: string, byte?: string, short?: string, long?: string): string => {
      if (letter !== undefined) return LETTERS.get(letter) ?? letter;
      const point = Number.parseInt(byte ?? short ?? long ?? '', 16);
      if (isCharacter(point)) return String.fromCodePoint(point);
      isGo = false;
      return '';
    },
  );
  return isGo ? text : undefined;
}

function isCharacter(point: number): boolean {
  return point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
}

function asClassicText(inside: string): string {
  return inside.replace(/\\([n"\\])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}
