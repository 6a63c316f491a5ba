/** The effective configuration as people may see it: public names, defaults written out, durations readable, no secrets. Pure. */
import { stringify } from 'yaml';
import { ownValue } from '../event/own-value.ts';
import { renderMatcher } from '../routing/matcher.ts';
import type { RouteRule } from '../routing/routes.ts';
import type { WatchdogConfig } from '../watchdog/watchdog.ts';
import type { Config, ResolvedSink } from './config.ts';
import { renderDuration } from './duration.ts';
import { plainExpiry } from './expiry.ts';
import { plainFallback } from './fallback.ts';
import { renderSetting, type Setting } from './formats.ts';
import { type Mapping, nest } from './mapping.ts';
import { CORE_SETTINGS } from './schema.ts';
import { isEmptySecret } from './secrets.ts';
import { hideCredentials } from './show.ts';

/** What stands in place of a secret. */
const MASK = '<secret>';

/** YAML in the form of a configuration file. Keys without a value are left out; a secret reads `<secret>`. */
export function describeConfig(config: Config): string {
  const core = shown(CORE_SETTINGS, config.values);
  // Whole: outbox-store.ts lets no password into it, and its parameters are worth seeing.
  const store = ['outbox.url', config.values['outbox.url']] as const;
  const rewrite = config.links.rewrite.length === 0 ? [] : [['links.rewrite', config.links.rewrite] as const];
  return stringify({
    ...nest([...core, store, ...rewrite]),
    sinks: Object.fromEntries(config.sinks.map((sink) => [sink.name, describeSink(sink)])),
    ...(config.routes === undefined ? {} : { routes: config.routes.map(plainRoute) }),
    ...(config.watchdog === undefined ? {} : { watchdog: plainWatchdog(config.watchdog) }),
  });
}

/** A route with its matchers as text again. */
export function plainRoute({ matchers, receivers, sources, sinks, continue: goOn }: RouteRule): Mapping {
  return { matchers: matchers.map(renderMatcher), receivers, sources, sinks, continue: goOn };
}

function plainWatchdog({ matchers, intervalMs, graceMs, sinks }: WatchdogConfig): Mapping {
  const interval = renderDuration(intervalMs);
  return { matchers: matchers.map(renderMatcher), interval, grace: renderDuration(graceMs), sinks };
}

function describeSink({ plugin, enabled, config, fallback, expireAfter }: ResolvedSink): Mapping {
  return {
    plugin: plugin.name,
    enabled,
    ...(fallback === undefined ? {} : { fallback: plainFallback(fallback) }),
    ...plainExpiry(expireAfter),
    ...Object.fromEntries(shown(plugin.schema, config)),
  };
}

function shown(settings: Readonly<Record<string, Setting>>, values: Mapping): [string, unknown][] {
  return Object.entries(settings)
    .filter(([path, setting]) => isGiven(ownValue(values, path), setting))
    .map(([path, setting]) => [path, showSetting(ownValue(values, path), setting)]);
}

/** An empty secret is none: a file that said so would be refused. */
function isGiven(value: unknown, { sensitive }: Setting): boolean {
  if (value === null || value === undefined) return false;
  return sensitive === undefined || !isEmptySecret(value);
}

function showSetting(value: unknown, setting: Setting): unknown {
  if (setting.sensitive !== undefined) return Array.isArray(value) ? value.map(() => MASK) : MASK;
  return typeof value === 'string' ? hideCredentials(value) : renderSetting(value, setting);
}
