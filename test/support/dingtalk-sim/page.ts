/**
 * The simulator's page for people: each robot's group as a chat, the newest message below, with link cards as DingTalk draws them.
 * Pure; every text is escaped, nothing is loaded from elsewhere, and no token can stand in it, since it is given none.
 */
import { browsableUrl, escapeHtml, renderLink, renderMarkdown } from './page-markdown.ts';
import { PAGE_STYLE } from './page-style.ts';
import type { RobotMessages, RobotStatus, ShownMessage, SimState } from './records.ts';

/** The headers that the page needs: it may run no script and load nothing. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'cache-control': 'no-store',
};

/** The whole page; it loads itself anew every three seconds. */
export function renderPage(groups: readonly RobotMessages[], state: SimState): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="3">
<title>DingTalk simulator</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header><h1>DingTalk simulator</h1><p>${renderCounts(state.counts)}</p></header>
<main>
${groups.map((group) => renderGroup(group, statusOf(group.name, state))).join('\n')}
</main>
</body>
</html>
`;
}

function statusOf(name: string, state: SimState): RobotStatus | undefined {
  return state.robots.find((robot) => robot.name === name);
}

function renderCounts(counts: SimState['counts']): string {
  const shown = Object.entries(counts).map(([result, count]) => {
    const bad = count > 0 && (result === 'violations' || result === 'swallowed');
    return `<span class="${bad ? 'count bad' : 'count'}">${result} ${count}</span>`;
  });
  return `${shown.join(' ')} <a href="/requests">requests</a> <a href="/violations">violations</a> <a href="/sim/state">state</a>`;
}

function renderGroup({ name, messages }: RobotMessages, status: RobotStatus | undefined): string {
  const shown = messages.map((message) => renderMessage(message)).join('\n');
  return `<section>
<h2>${escapeHtml(name)}${renderBadges(status)}</h2>
<div class="chat">
${shown === '' ? '<p class="nothing">No messages yet.</p>' : shown}
</div>
</section>`;
}

function renderBadges(status: RobotStatus | undefined): string {
  if (status === undefined) return ' <span class="badge bad">no longer configured</span>';
  const state = status.state === 'active' ? '' : ` <span class="badge bad">${status.state}</span>`;
  const blocked =
    status.blockedUntil === null
      ? ''
      : ` <span class="badge bad">blocked until ${timeOf(status.blockedUntil)}</span>`;
  return `${state}${blocked} <span class="badge">${status.recentStarts} in the last minute</span>`;
}

function renderMessage(message: ShownMessage): string {
  const note = `${timeOf(message.shownAt)} · ${message.msgtype} · ${message.bytes} bytes · ${message.msgUuid ?? 'no msgUuid'}`;
  return `<article>
<div class="avatar" aria-hidden="true">${escapeHtml([...message.robot][0] ?? '?')}</div>
<div class="bubble">
<p class="sender">${escapeHtml(message.robot)} <span class="robot">robot</span></p>
${renderBody(message)}
<p class="note">${escapeHtml(note)}</p>
</div>
</article>`;
}

function renderBody(message: ShownMessage): string {
  switch (message.msgtype) {
    case 'link':
      return renderLinkCard(message);
    case 'markdown':
      return `<div class="card">${renderMarkdown(message.text)}</div>`;
    case 'actionCard':
      return `<div class="card">${renderMarkdown(message.text)}${renderButtons(message)}</div>`;
    case 'feedCard':
      return `<div class="card">${renderButtons(message)}</div>`;
    default:
      return `<div class="card plain">${escapeHtml(message.text)}</div>`;
  }
}

function renderLinkCard({ title, text, url }: ShownMessage): string {
  const inside = `<span class="title">${escapeHtml(title)}</span>
<span class="summary"><span class="text">${escapeHtml(text)}</span><span class="picture" aria-hidden="true">🔗</span></span>`;
  const href = browsableUrl(url ?? '');
  if (href === undefined) return `<div class="card link">${inside}</div>`;
  return `<a class="card link" href="${escapeHtml(href)}" rel="noreferrer" target="_blank">${inside}</a>`;
}

function renderButtons({ links }: ShownMessage): string {
  return links.map(({ title, url }) => `<p class="button">${renderLink(title, url)}</p>`).join('\n');
}

/** `2026-11-22 13:07:05 UTC` */
function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
