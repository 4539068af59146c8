/** Where evidence comes from: one line for each provider. */
import type { EvidenceProvider } from '../engine/ports.ts';
import { alertmanager } from './alertmanager.ts';
import { annotations } from './annotations.ts';
import type { Draw } from './chart/chart.ts';
import { type Prometheus, prometheusGraph, prometheusLink } from './prometheus.ts';
import { templates } from './templates.ts';

export { createArtist } from './chart/draw.ts';

export interface EvidenceOptions {
  readonly prometheus?: Prometheus;
  /** Where people reach Prometheus. */
  readonly prometheusUrl?: string;
  readonly draw: Draw;
}

export function evidenceProviders({ prometheus, prometheusUrl, draw }: EvidenceOptions): readonly EvidenceProvider[] {
  const linked = { ...(prometheus ? { prometheus } : {}), ...(prometheusUrl ? { externalUrl: prometheusUrl } : {}) };
  return [
    ...alertmanager(),
    ...annotations(),
    ...templates(),
    prometheusLink(linked),
    ...(prometheus ? [prometheusGraph({ prometheus, draw })] : []),
  ];
}
