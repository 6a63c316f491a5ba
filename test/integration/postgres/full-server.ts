/** A server whose connections are all taken, as by another program that opens too many. */
import pg from 'pg';
import { eventually } from '../../support/eventually.ts';
import { type PostgresScene, USER } from './scene.ts';

/** Takes every connection that an ordinary user can have, those of the daemons too; what it answers with lets go of them. */
export async function takeAllConnections(scene: PostgresScene): Promise<() => Promise<void>> {
  const { host, port } = scene.postgres;
  const taken: pg.Client[] = [];

  async function takeOne(): Promise<boolean> {
    const client = new pg.Client({ host, port, user: USER, database: scene.database });
    client.on('error', () => undefined);
    try {
      await client.connect();
      taken.push(client);
      return true;
    } catch {
      return false;
    }
  }

  await eventually(
    'every connection is taken',
    async () => {
      while (await takeOne());
      await scene.postgres.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'notifierd %'`,
      );
      return (await scene.backends()).length === 0 && !(await takeOne());
    },
    { everyMs: 1 },
  );
  return async () => void (await Promise.all(taken.map((client) => client.end())));
}
