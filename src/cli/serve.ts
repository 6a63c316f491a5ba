/** `notifierd serve`: the daemon, until it is asked to stop. */

import { systemClock } from '../core/clock.ts';
import type { Config } from '../core/config/config.ts';
import { describeConfig } from '../core/config/describe.ts';
import { startDaemon } from '../core/daemon.ts';
import { showIdleness } from '../core/idle-heap.ts';
import { describePlace } from '../core/outbox/open-outbox.ts';
import { createLogDestination } from '../core/telemetry/log-destination.ts';
import { createLogger, type Logger } from '../core/telemetry/logger.ts';
import { createRedactor } from '../core/telemetry/redact.ts';
import { readArguments } from './arguments.ts';
import { type Command, FAILED, OK, type Process, UsageError } from './command.ts';
import { loadConfigFile } from './load.ts';
import { readVersion } from './version.ts';

/** Answers 0 after a clean stop, 1 if the daemon could not start or go on. */
export const serve: Command = {
  usage: 'serve --config FILE',
  summary: 'take webhooks and deliver them, until SIGTERM or SIGINT',
  async run(args, process) {
    const { values } = readArguments(args, { config: { type: 'string', short: 'c' } }, { atMost: 0 });
    if (values.config === undefined) throw new UsageError('expected --config FILE');
    const config = await loadConfigFile(values.config, process);
    const log = createLogger({
      ...config.log,
      redact: createRedactor(config.secrets),
      destination: createLogDestination(),
    });
    for (const warning of config.warnings) log.warn(warning);
    log.debug('configuration', { effective: describeConfig(config) });
    return await runDaemon(config, log, process);
  },
};

async function runDaemon(config: Config, log: Logger, process: Process): Promise<number> {
  const version = await readVersion();
  log.info('notifierd starts', { version, config: config.file, outbox: describePlace(config.outbox.store) });
  const stopping = new AbortController();
  void process.asked.then(() => stopping.abort());
  void showIdleness(systemClock, stopping.signal);
  const daemon = await startDaemon(config, { log, version, stopping: stopping.signal }).catch(
    (error: unknown) => {
      if (!stopping.signal.aborted) throw error;
      // Whoever asks it to end while it waits for its outbox gets what was asked for.
      log.info('stopped', { before: 'it was at work' });
      log.flush();
    },
  );
  if (daemon === undefined) return OK;
  log.info('delivering', { to: describeSinks(config), routes: describeRoutes(config) });
  log.info('listening', { url: daemon.url, webhook: `${daemon.url}/webhook/alertmanager` });

  const end = await Promise.race([
    process.asked.then((signal) => ({ signal })),
    daemon.broken.then((error) => ({ error })),
  ]);
  if ('error' in end) log.error('notifierd cannot go on', { error: end.error });
  else log.info('stopping', { signal: end.signal });
  await daemon.stop();
  log.info('stopped');
  log.flush();
  return 'error' in end ? FAILED : OK;
}

function describeSinks({ sinks }: Config): string {
  return sinks
    .filter((sink) => sink.enabled)
    .map(({ name, plugin }) => `${name} (${plugin.name})`)
    .join(', ');
}

function describeRoutes({ routes }: Config): string {
  return routes === undefined ? 'none: every event to every sink' : String(routes.length);
}
