/**
 * The HTTP client that plugins are given: one POST, bounded in time and size, no redirects, no retries, and errors that can be
 * logged. This is the only file that knows axios, because an AxiosError prints the whole URL with its access token, the headers
 * and the body: none leaves this file, not even as `cause`.
 */
import http from 'node:http';
import https from 'node:https';
import type { Axios } from 'axios';
import { watchReach } from './reach.ts';

/** One request of a plugin. */
export interface HttpRequest {
  /** http or https. May hold credentials in its query: never logged. */
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the request early, as when notifierd stops. */
  readonly signal: AbortSignal;
}

/** The channel answered, whatever it said: HTTP errors are answers too. */
export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** Lower-case names; of a repeated header the values joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** There was no (whole) answer. `code` is Node's or axios's, for people; nothing else of the error is kept. */
export interface HttpFailure {
  readonly kind: 'unreachable' | 'timeout' | 'connection_lost' | 'aborted' | 'answer_too_large';
  readonly code: string;
  /** False only if the connection never became usable, so that no byte of the request can have left. */
  readonly mayHaveArrived: boolean;
}

/** POSTs once. Never rejects for anything that the network or the channel does. */
export interface HttpClient {
  post(request: HttpRequest): Promise<HttpAnswer | HttpFailure>;
}

/** Bounds of a client. */
export interface HttpClientOptions {
  /** Longest a whole exchange may take, from the first byte to the last of the answer. */
  readonly timeoutMs: number;
  /** Longest answer that is read. */
  readonly maxAnswerBytes: number;
  /** `http://user:password@proxy:3128`; without it the request goes straight. */
  readonly proxy?: string;
  /** Hosts that bypass the proxy, as in NO_PROXY. */
  readonly noProxy?: string;
}

/** A client with connections of its own; close() ends those that idle. */
export function createHttpClient(options: HttpClientOptions): HttpClient & { close(): void } {
  const agents = createAgents(options);
  let loading: Promise<Axios> | undefined;
  return {
    async post({ url, body, headers, signal }) {
      if (!/^https?:\/\//i.test(url)) return { kind: 'unreachable', code: 'NOT_HTTP', mayHaveArrived: false };
      loading ??= loadAxios(options, agents).catch((error: unknown) => {
        // Half of an upgrade may be on disk: the next message tries again.
        loading = undefined;
        throw error;
      });
      const client = await loading;
      // The time-out of axios bounds idleness only; a server that drips bytes would hold the lane for ever.
      const limit = AbortSignal.timeout(options.timeoutMs);
      const { transport, wasUsable } = watchReach();
      try {
        const answer = await client.post<string>(url, body, {
          headers: { ...headers },
          transport,
          signal: AbortSignal.any([limit, signal]),
        });
        return {
          kind: 'answer',
          status: answer.status,
          headers: plainHeaders(answer.headers),
          body: String(answer.data),
        };
      } catch (error) {
        return toFailure(error, { limit, signal, mayHaveArrived: wasUsable() });
      }
    },
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

interface Agents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
}

/** Loaded with the first request: axios and what it brings are 66 modules, and not every channel speaks HTTP. */
async function loadAxios({ proxy, maxAnswerBytes }: HttpClientOptions, agents: Agents): Promise<Axios> {
  const { default: axios } = await import('axios');
  return axios.create({
    ...agents,
    // With an agent that speaks to the proxy itself, `proxy` must stay unset: `false` makes axios swap in a direct agent.
    ...(proxy === undefined ? { proxy: false as const } : {}),
    maxRedirects: 0,
    maxBodyLength: Number.POSITIVE_INFINITY,
    maxContentLength: maxAnswerBytes,
    responseType: 'text',
    transformRequest: [(body: string) => body],
    transformResponse: [(body: string) => body],
    validateStatus: () => true,
  });
}

function createAgents({ proxy, noProxy }: HttpClientOptions): Agents {
  const proxyEnv =
    proxy === undefined
      ? {}
      : { proxyEnv: { http_proxy: proxy, https_proxy: proxy, no_proxy: noProxy ?? '' } };
  const settings = { keepAlive: true, maxSockets: 16, timeout: 30_000, ...proxyEnv };
  return { httpAgent: new http.Agent(settings), httpsAgent: new https.Agent(settings) };
}

function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

interface Ending {
  readonly limit: AbortSignal;
  readonly signal: AbortSignal;
  readonly mayHaveArrived: boolean;
}

function toFailure(error: unknown, { limit, signal, mayHaveArrived }: Ending): HttpFailure {
  const code = codeOf(error);
  const tooLate = limit.aborted || code === 'ETIMEDOUT' || code === 'ECONNABORTED';
  if (signal.aborted) return { kind: 'aborted', code: 'ABORTED', mayHaveArrived };
  if (!mayHaveArrived) return { kind: 'unreachable', code: tooLate ? 'TIMEOUT' : code, mayHaveArrived };
  if (tooLate) return { kind: 'timeout', code: 'TIMEOUT', mayHaveArrived };
  if (error instanceof Error && error.message.startsWith('maxContentLength')) {
    return { kind: 'answer_too_large', code: 'ANSWER_TOO_LARGE', mayHaveArrived };
  }
  return { kind: 'connection_lost', code, mayHaveArrived };
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}
