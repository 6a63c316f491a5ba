/**
 * Says what a message does not show, with the command of notifierd that lists it: entries that `digest_top` hides, and alerts that
 * expired. `FILE` stands for the configuration, whose place the plugin does not know. Plain text, not yet safe in markdown. Pure.
 */

/** `and 37 more: notifierd events …`, from `sinceMs`, when the first of them was received: milliseconds since the Unix epoch. */
export function hiddenText(count: number, { sink, sinceMs }: { sink: string; sinceMs: number }): string {
  const since = new Date(sinceMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return `and ${count} more: notifierd events --config FILE --sink ${sink} --since ${since}`;
}

/** `12 alerts expired before they could be sent: notifierd dead-letters list …`. */
export function expiredText(count: number, sink: string): string {
  const [alerts, they] = count === 1 ? ['alert', 'it'] : ['alerts', 'they'];
  return `${count} ${alerts} expired before ${they} could be sent: ${listing(sink)}`;
}

/** The same, shorter and in brackets, to stand at the end of a text, with a blank before it; empty for 0. */
export function expiredNote(count: number, sink: string): string {
  if (count === 0) return '';
  return ` (${count} ${count === 1 ? 'alert' : 'alerts'} expired unsent: ${listing(sink)})`;
}

function listing(sink: string): string {
  return `notifierd dead-letters list --config FILE --sink ${sink}`;
}
