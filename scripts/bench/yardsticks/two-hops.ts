/**
 * A yardstick: the two hops that every bridge to DingTalk has, in node:http alone. Reads a webhook, posts a link about its first alert to
 * the address in its argument, and answers 200. Stores nothing, and forgets what fails.
 */
import { Agent, request } from 'node:http';
import { listen } from './listen.ts';
import { readJson } from './read-json.ts';

const url = process.argv[2] ?? '';
const agent = new Agent({ keepAlive: true });

listen((incoming, response) => {
  readJson(incoming)
    .then(async (webhook) => {
      if (webhook !== undefined) await send(toLink(webhook));
      response.setHeader('content-type', 'application/json').end('{"ok":true}');
    })
    .catch(() => response.writeHead(502).end());
});

/** https://open.dingtalk.com/document/development/message-link-description */
function toLink(webhook: unknown): string {
  // The driver posts nothing else.
  const { alerts } = webhook as {
    alerts: readonly { labels: { alertname: string }; generatorURL: string }[];
  };
  const [alert] = alerts;
  const title = alert?.labels.alertname ?? 'alert';
  return JSON.stringify({
    msgtype: 'link',
    link: { title, text: `${title} is firing`, messageUrl: alert?.generatorURL },
  });
}

async function send(body: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const outgoing = request(url, { method: 'POST', agent, headers }, (answer) => {
    answer.resume();
    answer.once('end', resolve);
  });
  outgoing.once('error', reject);
  outgoing.end(body);
  await promise;
}
