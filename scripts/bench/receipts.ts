/** The process that posts single webhooks and receives their messages (receipt-driver.ts), as the measures use it. */
import { fileURLToPath } from 'node:url';
import { eventually, GaveUp } from '../../test/support/eventually.ts';
import { lastLines, startProgram } from '../../test/support/processes.ts';
import { type ReceiptOrder, type ReceiptResult, SIMULATOR_AT } from './receipt-order.ts';

/** Both ends of a subject's way. */
export interface Receipts {
  /** Where messages are to be sent: the simulator's address. */
  readonly simulator: string;
  /** Posts, one order after the other. Rejects if the process breaks, not for wrong answers. */
  post(order: ReceiptOrder): Promise<ReceiptResult>;
  stop(): Promise<void>;
}

const DRIVER = fileURLToPath(new URL('./receipt-driver.ts', import.meta.url));
const LOOK_EVERY_MS = 50;
const MOST_MS_A_POST = 11_000;

/** Starts it. */
export async function startReceipts(): Promise<Receipts> {
  const program = await startProgram(process.execPath, [DRIVER]);
  const lines = () => program.stdout().split('\n').slice(0, -1);
  const lineAt = async (index: number, withinMs: number): Promise<string> =>
    await eventually(
      'the receipts',
      () => {
        if (!program.isRunning()) throw new GaveUp(`the driver ended\n${lastLines(program.stderr())}`);
        return lines()[index];
      },
      { withinMs, everyMs: LOOK_EVERY_MS },
    );
  const first = await lineAt(0, MOST_MS_A_POST);
  return {
    simulator: first.slice(SIMULATOR_AT.length),
    async post(order) {
      const index = lines().length;
      program.write(`${JSON.stringify(order)}\n`);
      // receipt-driver.ts writes it.
      return JSON.parse(await lineAt(index, MOST_MS_A_POST * (order.warmUps + order.posts))) as ReceiptResult;
    },
    async stop() {
      program.endInput();
      await program.exited;
    },
  };
}
