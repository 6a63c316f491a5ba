/**
 * At which host each sink is reached: when one of them delivers there, the others need not wait until their next try is due. Kept in
 * memory only; a restart tries at once anyway.
 */
import type { HttpClient } from '../plugin/contract.ts';

/** The host of one sink. */
export interface SinkHost {
  /** What the sink is lent: its requests say where it is reached. */
  readonly http: HttpClient;
  /** The sink has delivered a message. */
  delivered(): void;
  /** Calls `listener` each time another sink has delivered at the same host, until the answer is called. */
  onOther(listener: () => void): () => void;
}

/** The hosts of all sinks of a daemon. */
export interface Hosts {
  /** One for each sink. */
  lend(http: HttpClient): SinkHost;
}

/** No sink is known yet. */
export function createHosts(): Hosts {
  const listeners = new Set<{ hostOf(): string | undefined; hear(): void }>();
  return {
    lend(http) {
      let host: string | undefined;
      const hostOf = (): string | undefined => host;
      return {
        http: {
          async post(request) {
            // Only scheme, host and port: the rest may hold credentials.
            host = URL.parse(request.url)?.origin;
            return await http.post(request);
          },
        },
        delivered() {
          if (host === undefined) return;
          for (const other of listeners) if (other.hostOf !== hostOf && other.hostOf() === host) other.hear();
        },
        onOther(listener) {
          const own = { hostOf, hear: listener };
          listeners.add(own);
          return () => void listeners.delete(own);
        },
      };
    },
  };
}
