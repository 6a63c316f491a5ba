/** What is seen of leases from outside: the gauges, and a line for each change of hands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLeaseObserver } from './lease-observer.ts';
import { createMetrics } from './metrics.ts';

function scene() {
  const metrics = createMetrics({
    sinks: ['ops', 'log'].map((name) => ({ name, plugin: 'console' })),
    version: '1.2.3',
    readLanes: async () => [],
  });
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const log = { debug: write, info: write, warn: write, error: write };
  return { observer: createLeaseObserver(metrics, log), metrics, lines };
}

test('a lease that is lost shows at once, though the outbox does not answer', async () => {
  const { observer, metrics } = scene();
  observer.lanesHeld({ lanes: ['ops', 'log'], replicas: 3 });
  observer.leaseLost('ops');
  const { body } = await metrics.expose();
  assert.match(body, /^notifierd_lane_held\{sink="ops"\} 0$/m);
  assert.match(body, /^notifierd_lane_held\{sink="log"\} 1$/m);
  assert.match(body, /^notifierd_leases_lost_total\{sink="ops"\} 1$/m);
});

test('a lane that was lost and is taken anew is a line each time', () => {
  const { observer, lines } = scene();
  observer.lanesHeld({ lanes: ['ops'], replicas: 2 });
  observer.lanesHeld({ lanes: ['ops'], replicas: 2 });
  observer.leaseLost('ops');
  observer.lanesHeld({ lanes: [], replicas: 2 });
  observer.lanesHeld({ lanes: ['ops'], replicas: 2 });
  assert.deepEqual(lines, [
    'draining',
    'replicas at work',
    'the lease is over before it could be renewed: another replica may go on',
    'draining',
  ]);
});
