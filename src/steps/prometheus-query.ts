/** `prometheus.query`: one question to Prometheus, with values bound and never pasted into it. */
import { z } from 'zod';
import { classOfHttp, HttpFailure } from '../clients/http.ts';
import { BadVariable, bindVars, type PrometheusClient, type Sample } from '../clients/prometheus.ts';
import type { JsonObject } from '../domain/json.ts';
import type { StepAction } from '../engine/ports.ts';
import { defineAction, failedBefore, type Issue } from './define.ts';

const seriesKept = 20;

export const prometheusQuery = (prometheus: PrometheusClient): StepAction =>
  defineAction({
    id: 'prometheus.query',
    version: 1,
    summary: 'Asks Prometheus for the value of an expression now.',
    effects: ['read'],
    params: z.strictObject({
      query: z.string().min(1).max(4_000).describe('PromQL; `$name` stands for a value of `vars` in a label matcher'),
      vars: z
        .record(z.string().regex(/^[A-Za-z_]\w*$/), z.string())
        .default({})
        .describe('Values for the query, escaped'),
    }),
    outputs: ['value', 'not_empty', 'series'],
    codeFields: ['query'],
    describe: ({ query }) => `ask Prometheus for ${query}`,
    alsoCheck: variableIssues,
    execute: async ({ query, vars }, { signal }) => {
      try {
        const samples = await prometheus.query(bindVars(query, mapped(vars)), { signal });
        return { kind: 'succeeded', outputs: outputsOf(samples), note: noteOf(samples) };
      } catch (error) {
        // It only reads: whenever it failed, nothing has happened.
        if (error instanceof BadVariable) return failedBefore(error.message, 'refused');
        if (error instanceof HttpFailure) return failedBefore(error.message, classOfHttp(error));
        throw error;
      }
    },
  });

const mapped = (vars: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, String(value)]));

function outputsOf(samples: readonly Sample[]): JsonObject {
  return {
    value: samples.length === 1 ? numberOf(samples[0]) : null,
    not_empty: samples.length > 0,
    series: samples.slice(0, seriesKept).map(({ labels, value }) => ({ labels, value: numberOf({ labels, value }) })),
  };
}

/** JSON has no NaN and no infinity: they count as no value, so that no comparison holds by accident. */
const numberOf = (sample: Sample | undefined): number | null =>
  sample && Number.isFinite(sample.value) ? sample.value : null;

function noteOf(samples: readonly Sample[]): string {
  if (samples.length === 0) return 'no series';
  return samples.length === 1 ? `value ${samples[0]?.value}` : `${samples.length} series`;
}

/** Names are compared; what the values will be does not matter for that. */
function variableIssues({ query, vars }: JsonObject): readonly Issue[] {
  if (typeof query !== 'string') return [];
  const names = typeof vars === 'object' && vars !== null && !Array.isArray(vars) ? Object.keys(vars) : [];
  try {
    bindVars(query, Object.fromEntries(names.map((name) => [name, ''])));
    return [];
  } catch (error) {
    if (!(error instanceof BadVariable)) throw error;
    return [{ path: ['query'], message: error.message }];
  }
}
