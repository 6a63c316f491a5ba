/** What the commands that look into an outbox work with: the configuration, the outbox that it names, and output without secrets. */
import type { Config } from '../core/config/config.ts';
import type { Outbox } from '../core/outbox/contract.ts';
import { visitSqliteOutbox } from '../core/outbox/sqlite/engine.ts';
import { createRedactor } from '../core/telemetry/redact.ts';
import { type Process, UsageError } from './command.ts';
import { loadConfigFile } from './load.ts';

/** An open outbox with what belongs to it. */
export interface Visit extends Pick<Process, 'print' | 'complain' | 'isRead'> {
  readonly config: Config;
  readonly outbox: Outbox;
}

/** Opens the outbox of this configuration, beside a daemon or not, and closes it again whatever comes of the work. */
export async function visitOutbox(
  file: string | undefined,
  process: Process,
  work: (visit: Visit) => Promise<number>,
): Promise<number> {
  if (file === undefined) throw new UsageError('expected --config FILE');
  const config = await loadConfigFile(file, process);
  const redact = createRedactor(config.secrets);
  const outbox = await visitSqliteOutbox({ file: config.outbox.store.file });
  try {
    return await work({
      config,
      outbox,
      print: (text) => process.print(redact(text)),
      complain: (text) => process.complain(redact(text)),
      isRead: process.isRead,
    });
  } finally {
    await outbox.close();
  }
}
