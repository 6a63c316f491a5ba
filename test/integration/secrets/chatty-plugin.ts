/** A third party's plugin as it should not be: it logs its secret in every spelling, and throws it. */
import type { SinkPlugin } from '../../../src/core/plugin/contract.ts';

/** How its log lines and errors begin. */
export const CHAT = 'chatting about';

export default {
  name: 'chatty',
  schema: { token: { doc: 'The token.', default: null, format: 'required_text', sensitive: 'token' } },
  create: ({ token }, { log }) => ({
    limits: { eventsPerMessage: 1 },
    compose: () => ({ form: 'text', body: 'a message', covers: 1 }),
    plain: () => ({ form: 'text', body: 'a message', covers: 1 }),
    render: ({ body }) => body,
    async send() {
      const query = new URLSearchParams({ token }).toString();
      const basic = Buffer.from(`ops:${token}`).toString('base64');
      log.info(`${CHAT} ${token}`, { token, nested: { query, basic }, text: JSON.stringify({ token }) });
      throw new Error(`${CHAT} https://example.com/?token=${encodeURIComponent(token)}`);
    },
  }),
} satisfies SinkPlugin<{ readonly token: string }>;
