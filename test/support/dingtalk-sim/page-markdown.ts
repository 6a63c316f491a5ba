/**
 * Renders the markdown subset that DingTalk promises (https://open.dingtalk.com/document/development/robot-message-type: headings,
 * quotes, bold, italic, links, pictures, lists) as safe HTML for the simulator's page. Everything else stays text. Pictures become
 * links, because the page loads nothing from elsewhere.
 */

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is safe in HTML content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/**
 * An address that a browser may be sent to: http(s) as it is, DingTalk's own scheme as the page it would open; undefined for all
 * else.
 */
export function browsableUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (parsed.protocol === 'http:' || parsed.protocol === 'https:') return url;
  const wrapped = parsed.protocol === 'dingtalk:' ? parsed.searchParams.get('url') : null;
  return wrapped !== null && /^https?:\/\//i.test(wrapped) ? wrapped : undefined;
}

/** An anchor with this text, or only the text if nobody should be sent there. Both may hold anything. */
export function renderLink(text: string, url: string): string {
  const href = browsableUrl(url);
  if (href === undefined) return escapeHtml(text);
  return `<a href="${escapeHtml(href)}" rel="noreferrer" target="_blank">${escapeHtml(text)}</a>`;
}

/** The markdown as HTML blocks. */
export function renderMarkdown(markdown: string): string {
  return markdown.split('\n').map(renderLine).join('\n');
}

function renderLine(line: string): string {
  const text = line.trim();
  const heading = /^#{1,6}\s+(.*)$/.exec(text);
  if (heading !== null) return `<p class="heading">${renderInline(heading[1] ?? '')}</p>`;
  const quote = /^>\s?(.*)$/.exec(text);
  if (quote !== null) return `<blockquote>${renderInline(quote[1] ?? '')}</blockquote>`;
  const item = /^(-|\d+\.)\s+(.*)$/.exec(text);
  if (item !== null)
    return `<p class="item">${item[1] === '-' ? '•' : item[1]} ${renderInline(item[2] ?? '')}</p>`;
  return text === '' ? '' : `<p>${renderInline(text)}</p>`;
}

/** One pass over escapes, pictures, links, bold and italic; what stands between them is escaped. */
function renderInline(text: string): string {
  const pieces =
    /\\(?<plain>[\\`*_{}[\]()#+\-.!>~|])|(?<picture>!?)\[(?<label>(?:\\.|[^\]\\])*)\]\((?<url>[^\s)]*)\)|\*\*(?<bold>[^*]+)\*\*|\*(?<italic>[^*]+)\*/g;
  let html = '';
  let end = 0;
  for (const match of text.matchAll(pieces)) {
    html += escapeHtml(text.slice(end, match.index)) + renderPiece(match.groups ?? {});
    end = match.index + match[0].length;
  }
  return html + escapeHtml(text.slice(end));
}

function renderPiece({
  plain,
  picture,
  label,
  url,
  bold,
  italic,
}: {
  [name: string]: string | undefined;
}): string {
  if (plain !== undefined) return escapeHtml(plain);
  if (bold !== undefined) return `<b>${renderInline(bold)}</b>`;
  if (italic !== undefined) return `<i>${renderInline(italic)}</i>`;
  const text = (label ?? '').replace(/\\(.)/g, '$1');
  return renderLink(picture === '!' ? `[picture] ${text}` : text, url ?? '');
}
