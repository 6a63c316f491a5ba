/** Configurations with every mistake that people make around secrets. What is said about them must not repeat the secret. */

/** A file, and how it is checked. */
export interface FaultyConfig {
  readonly name: string;
  readonly text: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What is put into them. */
export interface Ingredients {
  /** With characters that need quotes in YAML and escapes in URLs. */
  readonly secret: string;
  /** Letters and digits only: stands in YAML without quotes. */
  readonly plainSecret: string;
  /** A file that holds a secret. */
  readonly tokenFile: string;
}

/** Each with a secret in it, many times over. */
export function faultyConfigs({ secret, plainSecret, tokenFile }: Ingredients): readonly FaultyConfig[] {
  const plugin = 'dingtalk';
  const quoted = JSON.stringify(secret);
  const encoded = encodeURIComponent(secret);
  const good = { plugin, access_token_file: tokenFile };
  return [
    {
      name: 'misplaced keys of sinks',
      text: JSON.stringify({
        sinks: {
          'whole-address': {
            ...good,
            endpoint: `https://oapi.dingtalk.com/robot/send?access_token=${encoded}`,
          },
          'broken-address': { ...good, endpoint: `oapi.dingtalk.com/robot/send?access_token=${secret}` },
          'with-password': { ...good, endpoint: `https://ops:${encoded}@oapi.dingtalk.com` },
          'whole-address-as-token': { plugin, access_token: `https://oapi.dingtalk.com/?access_token=${encoded}` },
          'half-address-as-token': { plugin, access_token: `access_token=${encoded}`, secret: `http://${encoded}` },
          'signed-address': { plugin, url: `https://oapi.dingtalk.com/robot/send?sign=${encoded}` },
          'address-of-others': { plugin, url: `https://chat.example.com/${encoded}` },
          'no-address': { plugin, url: plainSecret },
          variable: { plugin, access_token: `\${${plainSecret}}`, secret: `$${plainSecret}` },
          'blanks-inside': { plugin, access_tokens: [`${secret} ${secret}`, `"${secret}"`] },
          twice: { ...good, access_token: secret },
          misspelt: { plugin, acces_token: secret },
          list: { plugin, access_token: [secret] },
          map: { plugin, access_token: { value: secret } },
          glued: { plugin, [`access_token:${secret}`]: null },
          'glued-twin': { plugin, [`access_token_file:${secret}`]: null },
          'no-keys': secret,
          file: { plugin, access_token_file: [secret] },
          picture: { ...good, pic_url: `ftp://ops:${encoded}@img.example.com/x.png?token=${encoded}` },
          pictures: { ...good, pic_urls: { firing: `ftp://ops:${encoded}@img.example.com/` } },
        },
      }),
    },
    {
      name: 'misplaced keys of the core',
      text: JSON.stringify({
        http: { auth: { bearer_token: [secret], password: secret } },
        delivery: { proxy: `ops:${encoded}@proxy.example.com:3128` },
        outbox: { url: `postgres://ops:${encoded}@db.example.com/notifierd` },
        links: { prometheus_url: `http://ops:${encoded}@prometheus.example.com/?token=${encoded}` },
        sinks: { ops: good },
      }),
    },
    {
      name: 'text where keys belong',
      text: JSON.stringify({
        http: { auth: secret },
        delivery: { proxy: { url: secret } },
        outbox: { url: `mysql://ops:${encoded}@db.example.com/notifierd` },
        sinks: { ops: good },
      }),
    },
    ...YAML_MISTAKES.map(({ name, secretLine }) => ({
      name,
      text: `sinks:\n  ops:\n    plugin: ${plugin}\n${secretLine({ quoted, plainSecret })}`,
    })),
    { name: 'a secret in place of the file', text: secret },
    { name: 'a secret that begins like a directive', text: `%${plainSecret}\n` },
    {
      name: 'faults in the environment',
      text: JSON.stringify({ sinks: { ops: good } }),
      env: {
        NOTIFIERD_HTTP_AUTH_BEARER_TOKEN: secret,
        NOTIFIERD_HTTP_AUTH_BEARER_TOKEN_FILE: tokenFile,
        NOTIFIERD_HTTP_AUTH_PASWORD: secret,
        NOTIFIERD_HTTP_AUTH_PASSWORD: secret,
        NOTIFIERD_DELIVERY_PROXY: `ops:${encoded}@proxy.example.com:3128`,
        NOTIFIERD_OUTBOX_URL: `postgres://ops:${encoded}@db.example.com/notifierd`,
      },
    },
  ];
}

interface SecretLine {
  readonly name: string;
  secretLine(given: { readonly quoted: string; readonly plainSecret: string }): string;
}

/** https://yaml.org/spec/1.2.2/#53-indicator-characters: what a secret may begin with, and what else goes wrong with quotes. */
const YAML_MISTAKES: readonly SecretLine[] = [
  { name: 'a quote that is never closed', secretLine: ({ quoted }) => `    secret: ${quoted.slice(0, -1)}` },
  { name: 'text behind a quote', secretLine: ({ quoted }) => `    secret: ${quoted} ${quoted}` },
  { name: 'an unknown escape', secretLine: ({ plainSecret }) => `    secret: "\\y${plainSecret}"` },
  { name: 'a secret like an alias', secretLine: ({ plainSecret }) => `    secret: *${plainSecret}` },
  { name: 'a secret like a tag', secretLine: ({ plainSecret }) => `    secret: !${plainSecret}` },
  { name: 'a secret like a standard tag', secretLine: ({ plainSecret }) => `    secret: !!${plainSecret} x` },
  { name: 'a secret like two anchors', secretLine: ({ plainSecret }) => `    secret: &${plainSecret} &b x` },
  { name: 'a secret like a block', secretLine: ({ plainSecret }) => `    secret: |${plainSecret}` },
  {
    name: 'a secret like keys',
    secretLine: ({ plainSecret }) => `    secret: ${plainSecret}: ${plainSecret}`,
  },
  { name: 'a secret on a line of its own', secretLine: ({ plainSecret }) => plainSecret },
  { name: 'a secret twice', secretLine: ({ quoted }) => `    secret: ${quoted}\n    secret: ${quoted}` },
];
