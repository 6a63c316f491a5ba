/**
 * Loaded before a program that lives by a fast clock (`--import`): takes away Node's monitor of the event loop's delay, with which
 * prom-client measures. It looks every ten milliseconds of the clock, which at a hundred times the speed keeps a whole core busy; all
 * that is lost are the quantiles of `nodejs_eventloop_lag`.
 */
import perfHooks from 'node:perf_hooks';

Reflect.deleteProperty(perfHooks, 'monitorEventLoopDelay');
