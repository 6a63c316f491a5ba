/** What a daemon's own metrics say of its lanes, read as Prometheus would. */

/** Events that wait in the lanes of all sinks. Rejects if `/metrics` does not answer with that metric. */
export async function waitingEvents(url: string): Promise<number> {
  const text = await scrape(url);
  const values = [...text.matchAll(/^notifierd_lane_waiting_events\{[^}]*\} (\S+)$/gm)];
  if (values.length === 0) throw new Error(`${url}/metrics has no notifierd_lane_waiting_events`);
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

/** The page `/metrics`. Rejects unless it is answered 200. */
export async function scrape(url: string): Promise<string> {
  const answer = await fetch(`${url}/metrics`);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${url}/metrics answered ${answer.status}`);
  return text;
}
