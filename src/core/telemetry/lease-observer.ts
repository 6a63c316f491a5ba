/** Turns what is told of leases into metrics and log lines: a lane that changes hands is a line, a renewal is none. */
import type { LeaseObserver } from '../delivery/observer.ts';
import type { Log } from '../plugin/contract.ts';
import type { Metrics } from './metrics.ts';

/** An observer for one daemon; remembers what it held. */
export function createLeaseObserver(metrics: Metrics, log: Log): LeaseObserver {
  let held: readonly string[] = [];
  let replicas = 0;
  return {
    lanesHeld(now) {
      metrics.lanesHeld(now.lanes, now.replicas);
      const taken = now.lanes.filter((lane) => !held.includes(lane));
      const given = held.filter((lane) => !now.lanes.includes(lane));
      if (now.replicas > 1 || replicas > 1) {
        if (taken.length > 0) log.info('draining', { sinks: taken, replicas: now.replicas });
        if (given.length > 0) log.info('no longer draining', { sinks: given, replicas: now.replicas });
        if (replicas !== now.replicas) log.info('replicas at work', { replicas: now.replicas });
      }
      held = [...now.lanes];
      replicas = now.replicas;
    },
    leaseLost(lane) {
      metrics.leaseLost(lane);
      held = held.filter((name) => name !== lane);
      log.warn('the lease is over before it could be renewed: another replica may go on', { sink: lane });
    },
    claimFailed(error, failures) {
      metrics.outboxFailed();
      if (failures === 1 || failures % 30 === 0)
        log.error('the leases cannot be renewed', { failures, error });
    },
  };
}
