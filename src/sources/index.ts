/** Where alerts come from: one line for each kind of source. */
import type { AlertSource } from '../engine/ports.ts';
import { alertmanager } from './alertmanager.ts';

export const alertSources = {
  alertmanager,
} satisfies Record<string, (id: string) => AlertSource>;

export { equalSecrets } from './secrets.ts';
