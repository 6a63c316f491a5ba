/**
 * Faults of a DingTalk sink's configuration that a key's format cannot see. Values are never repeated here when they may hold a
 * credential: people paste the whole webhook address, access token included.
 */
import { SEVERITIES } from '../../core/event/severity.ts';
import { type DingtalkConfig, MOST_SENDS_PER_WINDOW } from './config.ts';
import { PICTURE_KEYS } from './picture.ts';
import { robotFaults } from './robot-faults.ts';
import type { SinkFault } from './sink-fault.ts';

/** All faults of the configuration; empty when it can be used. Pure. */
export function validate(config: DingtalkConfig): readonly SinkFault[] {
  return [
    ...(config.endpoint === null ? [] : endpointFaults(config.endpoint)),
    ...robotFaults(config),
    ...keywordFaults(config.keyword),
    ...pictureFaults('pic_url', config.pic_url),
    ...Object.entries(config.pic_urls).flatMap(([key, url]) => [
      ...pictureKeyFaults(key),
      ...pictureFaults(`pic_urls.${key}`, url),
    ]),
    ...digestFormFaults(config),
    ...paceFaults(config.pace_per_window),
    ...budgetFaults(config),
  ];
}

function endpointFaults(endpoint: string): SinkFault[] {
  const path = 'endpoint';
  if (!URL.canParse(endpoint)) return [{ path, message: 'expected an http(s) address' }];
  const url = new URL(endpoint);
  const faults: SinkFault[] = [];
  if (endpoint.includes('?') || url.hash !== '') {
    faults.push({
      path,
      message: "expected only the robot's host, got an address with a query",
      hint: 'a whole address belongs into url or url_file, the part after access_token= into access_token',
    });
  }
  if (/\/robot\/send\/*$/.test(url.pathname)) {
    faults.push({
      path,
      message: 'expected the address without /robot/send',
      hint: 'notifierd adds /robot/send itself',
    });
  }
  if (url.username !== '' || url.password !== '') {
    faults.push({
      path,
      message: 'expected an address without user and password, which would appear in logs',
    });
  }
  return faults;
}

/** Bounded, because the keyword must fit into the smallest message that is ever composed. */
const LONGEST_KEYWORD_CHARS = 50;

function keywordFaults(keyword: string): SinkFault[] {
  const path = 'keyword';
  if (/\p{Cc}|\p{Cs}/u.test(keyword)) {
    return [{ path, message: 'expected one line of text, got line breaks or control characters' }];
  }
  const chars = [...keyword].length;
  if (chars <= LONGEST_KEYWORD_CHARS) return [];
  return [{ path, message: `expected at most ${LONGEST_KEYWORD_CHARS} characters, got ${chars}` }];
}

/** What a message of full size has room for beside a long link and a long text. */
const LONGEST_PICTURE_BYTES = 1000;

function pictureFaults(path: string, url: string): SinkFault[] {
  const bytes = Buffer.byteLength(url);
  if (bytes > LONGEST_PICTURE_BYTES) {
    return [{ path, message: `expected at most ${LONGEST_PICTURE_BYTES} bytes, got ${bytes}` }];
  }
  if (url === '' || url.startsWith('@') || (/^https?:\/\//i.test(url) && URL.canParse(url))) return [];
  return [
    {
      path,
      message: 'expected an http(s) address or a media id beginning with @',
      hint: 'DingTalk fetches the picture itself, so it must be reachable from the internet',
    },
  ];
}

function pictureKeyFaults(key: string): SinkFault[] {
  if (PICTURE_KEYS.has(key)) return [];
  const allowed = `firing, resolved, a severity (${SEVERITIES.join(', ')}), or both as in firing/critical`;
  return [{ path: `pic_urls.${key}`, message: `unknown key, expected ${allowed}` }];
}

/** Each entry of a feed card must have a picture, whatever its state and severity. */
function digestFormFaults({ digest_form, pic_url }: DingtalkConfig): SinkFault[] {
  if (digest_form !== 'feed_card' || pic_url !== '') return [];
  return [
    {
      path: 'digest_form',
      message: 'expected a pic_url beside feed_card, got none',
      hint: 'set pic_url, the picture of every event that pic_urls has none for, or choose markdown',
    },
  ];
}

function paceFaults(sends: number): SinkFault[] {
  if (sends >= 1 && sends <= MOST_SENDS_PER_WINDOW) return [];
  return [
    {
      path: 'pace_per_window',
      message: `expected 1 to ${MOST_SENDS_PER_WINDOW}, got ${sends}`,
      hint: 'DingTalk stops a robot for 10 minutes after more than 20 messages in a minute',
    },
  ];
}

/** A metric label, as the names of sinks are. */
const ORGANIZATION = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$/;

function budgetFaults({ organization, month_calls }: DingtalkConfig): SinkFault[] {
  const faults: SinkFault[] = [];
  if (organization !== '' && !ORGANIZATION.test(organization)) {
    faults.push({
      path: 'organization',
      message: 'expected at most 63 letters, digits, - and _, beginning with a letter or digit',
      hint: 'any name will do, as long as all sinks of the organization have the same; it is shown in metrics',
    });
  }
  if (month_calls < 1) {
    const hint = 'to count no calls, remove organization';
    faults.push({ path: 'month_calls', message: `expected at least 1, got ${month_calls}`, hint });
  }
  return faults;
}
