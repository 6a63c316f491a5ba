/** Holds: what keeps lanes from using their credentials. They begin with a refusal and end with an answer after their time. */
import { type Selectable, sql } from 'kysely';
import type { Reason } from '../../plugin/outcome.ts';
import type { Hold, HoldScope, Settlement } from '../contract.ts';
import type { LaneCredentialTable } from '../schema.ts';
import type { Database } from './database.ts';
import { runKept } from './kept-statements.ts';

/** Column values of a credential that may be used. */
export const FREE = {
  hold: null,
  hold_scope: null,
  hold_reason: null,
  hold_detail: null,
  hold_since: null,
  hold_until: null,
} as const;

/** The hold on a credential, over or not; undefined if there is none. */
export function holdOf(credential: Selectable<LaneCredentialTable>): Hold | undefined {
  const { hold, hold_since, hold_until } = credential;
  if (hold === null || hold_since === null || hold_until === null) return undefined;
  return {
    kind: hold === 'blocked' ? 'blocked' : 'parked',
    // Only holdCredentials() writes this column.
    reason: (credential.hold_reason ?? 'rate_limited') as Reason,
    detail: credential.hold_detail ?? '',
    since: hold_since,
    until: hold_until,
    count: credential.hold_count,
  };
}

/** A lane and the credential that it has used. */
export interface Use {
  readonly laneId: number;
  readonly plugin: string;
  readonly paceKey: string;
}

/** Holds the credential for this lane, for all lanes that use it, or every credential of the plugin. */
export async function holdCredentials(
  db: Database,
  use: Use,
  { hold, at }: { readonly hold: NonNullable<Settlement['hold']>; readonly at: number },
): Promise<void> {
  await db
    .updateTable('lane_credential')
    .set({
      hold: hold.kind,
      hold_scope: hold.scope,
      hold_reason: hold.reason,
      hold_detail: hold.detail,
      hold_since: at,
      hold_until: hold.until,
      hold_count: hold.count,
    })
    .where(inScope(use, hold.scope))
    .execute();
}

/**
 * The channel has answered what this lane sent at `startedAt`: a hold on its credential whose time was over by then ends, for all
 * whom it concerned. What was sent before says nothing of it.
 */
export async function freeCredentials(db: Database, use: Use, startedAt: number): Promise<void> {
  const [held] = await runKept(db, 'hold that is over', {
    build: () =>
      db
        .selectFrom('lane_credential')
        .select('hold_scope')
        .where('lane_id', '=', use.laneId)
        .where('pace_key', '=', use.paceKey)
        .where('hold', 'is not', null)
        .where('hold_until', '<=', startedAt)
        .compile(),
    parameters: [use.laneId, use.paceKey, startedAt],
  });
  if (held === undefined) return;
  const scope = scopeOf(held.hold_scope);
  await db
    .updateTable('lane_credential')
    .set({ ...FREE, hold_count: 0 })
    .where(inScope(use, scope))
    // What another lane was refused since, for a reason of its own, stays.
    .where('hold_scope', '=', scope)
    .execute();
}

/**
 * Whether another lane that the hold concerns has a send under way. After a parking one goes ahead alone: what it is told holds for
 * all.
 */
export async function isProbed(db: Database, use: Use, holdScope: string | null): Promise<boolean> {
  const scope = scopeOf(holdScope);
  if (scope === 'lane') return false;
  const other = await db
    .selectFrom('attempt')
    .innerJoin('lane', 'lane.id', 'attempt.lane_id')
    .select('attempt.id')
    .where('attempt.ended_at', 'is', null)
    .where('attempt.lane_id', '!=', use.laneId)
    .$if(scope === 'credential', (query) => query.where('attempt.pace_key', '=', use.paceKey))
    .$if(scope === 'plugin', (query) => query.where('lane.plugin', '=', use.plugin))
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}

function inScope({ laneId, plugin, paceKey }: Use, scope: HoldScope) {
  switch (scope) {
    case 'lane':
      return sql<boolean>`lane_id = ${laneId} and pace_key = ${paceKey}`;
    case 'credential':
      return sql<boolean>`pace_key = ${paceKey}`;
    case 'plugin':
      return sql<boolean>`lane_id in (select id from lane where plugin = ${plugin})`;
    default:
      return scope satisfies never;
  }
}

function scopeOf(column: string | null): HoldScope {
  return column === 'credential' || column === 'plugin' ? column : 'lane';
}
