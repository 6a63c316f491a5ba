/**
 * Every metric of notifierd as data: name, type, labels, meaning. metrics.ts builds the metrics from it, and a test compares it
 * with docs/operations.md in both directions. Labels never come from alerts, so that the number of series stays small.
 */

/** One metric. */
export interface CatalogueEntry {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of a histogram, in its unit. */
  readonly buckets?: readonly number[];
}

/** Node's own metrics (`process_*`, `nodejs_*`) come on top of these. */
export const CATALOGUE = {
  webhooks: {
    name: 'notifierd_webhooks_total',
    type: 'counter',
    labels: ['code'],
    help: 'Requests on the webhook paths, and POSTs to unknown paths, by the HTTP status they were answered with.',
  },
  webhookDuration: {
    name: 'notifierd_webhook_duration_seconds',
    type: 'histogram',
    labels: [],
    help: 'Time from the head of a webhook request to its answer.',
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10],
  },
  eventsReceived: {
    name: 'notifierd_events_received_total',
    type: 'counter',
    labels: ['status'],
    help: 'Alerts in accepted notifications, re-listed ones included, by their status.',
  },
  eventsRelisted: {
    name: 'notifierd_events_relisted_total',
    type: 'counter',
    labels: [],
    help: 'Alerts that a notification named again in a state already accepted: counted, not queued.',
  },
  notificationsDeduplicated: {
    name: 'notifierd_notifications_deduplicated_total',
    type: 'counter',
    labels: [],
    help: 'Notifications that had been accepted before (a retry, a second Alertmanager): answered 200, not queued again.',
  },
  notificationsMixed: {
    name: 'notifierd_notifications_mixed_total',
    type: 'counter',
    labels: [],
    help: 'Notifications that list an alert from an earlier start than another Alertmanager did: two clusters seem to post to one path.',
  },
  eventsUnrouted: {
    name: 'notifierd_events_unrouted_total',
    type: 'counter',
    labels: [],
    help: 'Events that no route sends to any sink.',
  },
  eventsRouted: {
    name: 'notifierd_events_routed_total',
    type: 'counter',
    labels: ['sink'],
    help: 'Events that a route sends to this sink.',
  },
  eventsQueued: {
    name: 'notifierd_events_queued_total',
    type: 'counter',
    labels: ['sink'],
    help: 'Events committed to the lane of this sink.',
  },
  eventsDelivered: {
    name: 'notifierd_events_delivered_total',
    type: 'counter',
    labels: ['sink'],
    help: 'Events in messages that the channel has confirmed.',
  },
  eventsDead: {
    name: 'notifierd_events_dead_total',
    type: 'counter',
    labels: ['sink'],
    help: 'Events given up on: dead letters.',
  },
  eventsHandedOver: {
    name: 'notifierd_events_handed_over_total',
    type: 'counter',
    labels: ['sink'],
    help: 'Events of this sink that its fallback was given because the sink could not deliver.',
  },
  monthCalls: {
    name: 'notifierd_month_calls',
    type: 'gauge',
    labels: ['organization'],
    help: "Calls begun in this calendar month that count towards the organization's allowance.",
  },
  monthCallsAllowed: {
    name: 'notifierd_month_calls_allowed',
    type: 'gauge',
    labels: ['organization'],
    help: 'Calls that the organization has in a month, as configured.',
  },
  monthCallsForecast: {
    name: 'notifierd_month_calls_forecast',
    type: 'gauge',
    labels: ['organization'],
    help: "Calls that there will have been at the month's end if they go on as they did so far.",
  },
  attempts: {
    name: 'notifierd_attempts_total',
    type: 'counter',
    labels: ['sink', 'outcome', 'reason'],
    help: 'Sends that have ended, by outcome and reason (docs/errors.md).',
  },
  attemptDuration: {
    name: 'notifierd_attempt_duration_seconds',
    type: 'histogram',
    labels: ['sink'],
    help: 'Time that one send took, whatever its outcome.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  deliveryLatency: {
    name: 'notifierd_delivery_latency_seconds',
    type: 'histogram',
    labels: ['sink'],
    help: 'Time from the receipt of an event to the confirmation of its message by the channel.',
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400],
  },
  composeErrors: {
    name: 'notifierd_compose_errors_total',
    type: 'counter',
    labels: ['sink'],
    help: 'Messages that the plugin failed to compose, so that a plain one was sent in their place.',
  },
  laneWaitingEvents: {
    name: 'notifierd_lane_waiting_events',
    type: 'gauge',
    labels: ['sink'],
    help: 'Events that wait in the lane of this sink.',
  },
  laneOldestWaiting: {
    name: 'notifierd_lane_oldest_waiting_seconds',
    type: 'gauge',
    labels: ['sink'],
    help: 'Age of the oldest event that waits in the lane; 0 if none waits.',
  },
  laneParked: {
    name: 'notifierd_lane_parked',
    type: 'gauge',
    labels: ['sink'],
    help: '1 while the lane rests because its channel throttles or has banned this machine.',
  },
  laneBlocked: {
    name: 'notifierd_lane_blocked',
    type: 'gauge',
    labels: ['sink'],
    help: '1 while the lane waits for somebody to mend a setting; the log says which.',
  },
  laneDeadLetters: {
    name: 'notifierd_lane_dead_letters',
    type: 'gauge',
    labels: ['sink'],
    help: 'Messages of this sink that were given up on and that nobody has retried or dropped.',
  },
  laneLastSuccess: {
    name: 'notifierd_lane_last_success_timestamp_seconds',
    type: 'gauge',
    labels: ['sink'],
    help: 'When the channel last confirmed a message, in seconds since the Unix epoch; 0 if it never has.',
  },
  laneHeld: {
    name: 'notifierd_lane_held',
    type: 'gauge',
    labels: ['sink'],
    help: '1 while this replica drains the lane of this sink; of all replicas one does.',
  },
  leasesLost: {
    name: 'notifierd_leases_lost_total',
    type: 'counter',
    labels: ['sink'],
    help: 'Leases of this replica that ended before it could renew them: another could go on.',
  },
  replicas: {
    name: 'notifierd_replicas',
    type: 'gauge',
    labels: [],
    help: 'Replicas that share the outbox, this one included, as it last knew.',
  },
  commitDuration: {
    name: 'notifierd_outbox_commit_duration_seconds',
    type: 'histogram',
    labels: [],
    help: 'Time that one commit of the outbox took.',
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  },
  outboxErrors: {
    name: 'notifierd_outbox_errors_total',
    type: 'counter',
    labels: [],
    help: 'Operations of the outbox that failed.',
  },
  scrapeErrors: {
    name: 'notifierd_scrape_errors_total',
    type: 'counter',
    labels: [],
    help: 'Scrapes that could not read the lanes; their lane metrics are the last known ones.',
  },
  configHash: {
    name: 'notifierd_config_hash',
    type: 'gauge',
    labels: [],
    help: 'The first 48 bits of the hash of the configuration in use: equal for equal configurations.',
  },
  configLoadTimestamp: {
    name: 'notifierd_config_load_timestamp_seconds',
    type: 'gauge',
    labels: [],
    help: 'When the configuration in use was loaded, in seconds since the Unix epoch.',
  },
  build: {
    name: 'notifierd_build_info',
    type: 'gauge',
    labels: ['version', 'node_version'],
    help: 'Always 1; the labels say which notifierd runs on which Node.',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
