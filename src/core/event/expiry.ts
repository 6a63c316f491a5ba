/** When events become too old to be worth a message. */
import type { Severity } from '../event/severity.ts';

/** Milliseconds after which a waiting event expires, by its severity; those without an entry never do. */
export type Expiry = Readonly<Partial<Record<Severity, number>>>;
