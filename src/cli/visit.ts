/** What the commands that look into an outbox work with: the configuration, the outbox that it names, and output without secrets. */
import { type Clock, systemClock } from '../core/clock.ts';
import type { Config } from '../core/config/config.ts';
import type { Outbox } from '../core/outbox/contract.ts';
import { visitOutbox as openVisit } from '../core/outbox/open-outbox.ts';
import { createRedactor } from '../core/telemetry/redact.ts';
import { type Process, UsageError } from './command.ts';
import { loadConfigFile } from './load.ts';

/** An open outbox with what belongs to it. */
export interface Visit extends Pick<Process, 'print' | 'complain' | 'isRead'> {
  readonly config: Config;
  readonly outbox: Outbox;
  /** Goes with the outbox. */
  readonly clock: Clock;
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
  const { outbox, shared } = await openVisit(config.outbox.store, { clock: systemClock });
  try {
    return await work({
      config,
      outbox,
      clock: shared?.clock ?? systemClock,
      print: (text) => process.print(redact(text)),
      complain: (text) => process.complain(redact(text)),
      isRead: process.isRead,
    });
  } finally {
    await outbox.close();
  }
}
