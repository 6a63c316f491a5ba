/**
 * Searches what notifierd writes for secrets, in every spelling in which one has ever leaked. Written apart from the daemon's own
 * redaction, so that a mistake there cannot hide here.
 */

/** Secrets by a name that failure messages may show. */
export type NamedSecrets = Readonly<Record<string, string>>;

/** Texts are cut before they are shown: any 15 characters of a secret in a row hold such a piece, and are a leak too. */
const PIECE_CHARS = 12;
const PIECE_STEP = 4;
const CONTEXT_CHARS = 60;

/** One line for each secret and spelling that stands in the text or the bytes; empty if there is none. */
export function leaksIn(content: string | Uint8Array, secrets: NamedSecrets): readonly string[] {
  const haystack = toLatin1(content);
  return Object.entries(secrets).flatMap(([name, secret]) =>
    Object.entries(spellingsOf(secret)).flatMap(([spelling, texts]) => {
      const at = firstOf(haystack, texts);
      return at === undefined ? [] : [`${name} (${spelling}) after ${before(haystack, at)}`];
    }),
  );
}

/** Every way in which a text may stand in a URL, a header, a log line or a file. */
function spellingsOf(secret: string): Readonly<Record<string, readonly string[]>> {
  const percent = encodeURIComponent(secret);
  const quoted = JSON.stringify(secret).slice(1, -1);
  return {
    raw: [secret],
    'a piece of it': piecesOf(secret),
    'percent-encoded': [percent, percent.replace(/%../g, (hex) => hex.toLowerCase()), encodeURI(secret)],
    'form-encoded': [new URLSearchParams({ s: secret }).toString().slice(2)],
    'JSON-escaped': [quoted, JSON.stringify(quoted).slice(1, -1)],
    base64: [0, 1, 2].flatMap((offset) => base64Of(secret, offset)),
    hexadecimal: [Buffer.from(secret).toString('hex')],
  };
}

function piecesOf(secret: string): readonly string[] {
  // Of an address, the pieces are not secret.
  if (secret.includes('://') || secret.length < PIECE_CHARS) return [secret];
  const count = Math.floor((secret.length - PIECE_CHARS) / PIECE_STEP) + 1;
  return Array.from({ length: count }, (_, number) =>
    secret.slice(number * PIECE_STEP).slice(0, PIECE_CHARS),
  );
}

/** What the secret becomes `offset` bytes (modulo 3) into a longer text: the characters that nothing else decides. */
function base64Of(secret: string, offset: number): readonly string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const own = [Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6)] as const;
  return [bytes.toString('base64').slice(...own), bytes.toString('base64url').slice(...own)];
}

function firstOf(haystack: string, texts: readonly string[]): number | undefined {
  return texts.map((text) => haystack.indexOf(toLatin1(text))).find((at) => at !== -1);
}

/** One character a byte, so that text and the bytes of any file are searched alike. */
function toLatin1(content: string | Uint8Array): string {
  return Buffer.from(content).toString('latin1');
}

function before(haystack: string, at: number): string {
  return JSON.stringify(haystack.slice(Math.max(0, at - CONTEXT_CHARS), at));
}
