/**
 * Takes secrets out of text that people may read. The core gives it every secret of the configuration; log lines pass through it
 * last, when nothing can be added to them any more. A safety net: the parts that write must not put secrets there to begin with.
 */
import { quoteVisibly } from './visible.ts';

/** Text in, the same text out with `<secret>` where a secret stood. */
export type Redact = (text: string) => string;

/** A shorter secret would blank out ordinary words; whoever configures one has no secret. */
const SHORTEST_SECRET = 4;
/** A shorter piece of base64 is likely to be met by chance. */
const SHORTEST_PIECE = 8;

/**
 * Replaces each secret of at least 4 characters, however it is spelt: as it is, JSON-escaped (once and twice), percent-encoded,
 * form-encoded, base64 and base64url, also in the middle of other base64 (`Authorization: Basic …`). Longest spelling first.
 */
export function createRedactor(secrets: readonly string[]): Redact {
  const spellings = new Set(
    secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(spellingsOf),
  );
  if (spellings.size === 0) return (text) => text;
  const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
  const anySecret = new RegExp(longestFirst.map(escapeForRegExp).join('|'), 'g');
  return (text) => text.replace(anySecret, '<secret>');
}

function spellingsOf(secret: string): string[] {
  const quoted = quoteVisibly(secret).slice(1, -1);
  const percent = encodeURIComponent(secret.toWellFormed());
  const form = new URLSearchParams({ secret }).toString().slice('secret='.length);
  return [
    secret,
    quoted,
    quoteVisibly(quoted).slice(1, -1),
    ...[percent, form].flatMap((encoded) => [
      encoded,
      encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    ]),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
    ...[0, 1, 2].flatMap((offset) => base64Pieces(secret, offset)),
  ];
}

/** The characters of base64 that depend on the secret alone when it begins `offset` bytes (modulo 3) into what is encoded. */
function base64Pieces(secret: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const from = Math.ceil((offset * 8) / 6);
  const to = Math.floor((bytes.length * 8) / 6);
  const pieces = [bytes.toString('base64').slice(from, to), bytes.toString('base64url').slice(from, to)];
  return pieces.filter((piece) => piece.length >= SHORTEST_PIECE);
}

function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
