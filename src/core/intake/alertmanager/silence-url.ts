/**
 * The address of Alertmanager's form for a new silence, filled in with an alert's labels, as Alertmanager's own pages link to it:
 * https://github.com/prometheus/alertmanager/blob/main/ui/app/src/Utils/Filter.elm reads it.
 */
import type { TextMap } from '../../event/event.ts';
import { LONGEST_URL } from '../../event/http-url.ts';
import { ownValue } from '../../event/own-value.ts';

/**
 * `<externalUrl>/#/silences/new?filter={a="b",…}`, percent-encoded; a path prefix and a query of externalUrl stay. `undefined`
 * without externalUrl and for labels that make a URL which nobody could open.
 */
export function silenceUrl(externalUrl: string | undefined, labels: TextMap): string | undefined {
  if (externalUrl === undefined) return undefined;
  let matchers = '';
  for (const name of Object.keys(labels))
    matchers += `${matchers === '' ? '' : ','}${toName(name)}=${toText(ownValue(labels, name) ?? '')}`;
  const filter = encodeURIComponent(`{${matchers}}`);
  const url = `${toPage(externalUrl)}#/silences/new?filter=${filter}`;
  return url.length > LONGEST_URL ? undefined : url;
}

/** Nearly all names: to see that takes less time than what others need. */
const USUAL_NAME = /^[\w.:/-]+$/;
/** Nearly all values: as JSON text they are themselves in quotes. */
const USUAL_TEXT = /^[ !#-[\]-~]*$/;

/** What ends a name without quotes, in Alertmanager's page and in its matcher syntax. */
const RESERVED = /[\s\u0085{}!=~,\\"'`]/;

/**
 * Alertmanager's page takes names as they are and knows no quoted ones: with a name that needs quotes it opens an empty form.
 * Leaving the name out would offer a silence for more than this alert.
 */
function toName(name: string): string {
  if (USUAL_NAME.test(name)) return name;
  const wellFormed = name.toWellFormed();
  return wellFormed === '' || RESERVED.test(wellFormed) ? toText(wellFormed) : wellFormed;
}

/** The page decodes values as JSON text, so Go's own escapes (`\x00`, `\a`) would not do. */
function toText(text: string): string {
  return USUAL_TEXT.test(text) ? `"${text}"` : JSON.stringify(text.toWellFormed());
}

function toPage(externalUrl: string): string {
  const fragmentAt = externalUrl.indexOf('#');
  const page = fragmentAt === -1 ? externalUrl : externalUrl.slice(0, fragmentAt);
  return page.endsWith('/') || page.includes('?') ? page : `${page}/`;
}
