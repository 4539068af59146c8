/** Which part of an alert's expression is drawn, with which limit, in which unit. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { watched } from '../../src/evidence/promql.ts';
import { unitOf } from '../../src/evidence/unit.ts';

describe('what is watched', () => {
  test.each`
    expression                                       | shown                                   | limit
    ${'x > 0.05'}                                    | ${'x'}                                  | ${'> 0.05'}
    ${' ( x>=1e3 ) '}                                | ${'x'}                                  | ${'>= 1000'}
    ${'0.05 < x'}                                    | ${'x'}                                  | ${'> 0.05'}
    ${'up{job="a > 5"} == 0'}                        | ${'up{job="a > 5"}'}                    | ${'== 0'}
    ${'x{a!="b",c=~"d|e"} != -1'}                    | ${'x{a!="b",c=~"d|e"}'}                 | ${'!= -1'}
    ${'x > bool 3'}                                  | ${'x'}                                  | ${'> 3'}
    ${'sum by (le) (rate(x[5m])) / sum(y) < (0x10)'} | ${'sum by (le) (rate(x[5m])) / sum(y)'} | ${'< 16'}
    ${'count(x > 5) > 2'}                            | ${'count(x > 5)'}                       | ${'> 2'}
    ${'a / b > 0.1 and b > 100'}                     | ${'a / b'}                              | ${'> 0.1'}
    ${'a > 5 unless on (job) up == 0'}               | ${'a'}                                  | ${'> 5'}
    ${'(a > 5) and b'}                               | ${'a'}                                  | ${'> 5'}
    ${'bandwidth_or_more > 5'}                       | ${'bandwidth_or_more'}                  | ${'> 5'}
    ${'x # is x > 7?\n > 5'}                         | ${'x # is x > 7?'}                      | ${'> 5'}
    ${"x{a='\\'> 5'} > 6"}                           | ${"x{a='\\'> 5'}"}                      | ${'> 6'}
    ${'(a) + (b) > 5'}                               | ${'(a) + (b)'}                          | ${'> 5'}
    ${'a > 5 or b > 6'}                              | ${'a > 5 or b > 6'}                     | ${undefined}
    ${'a > b'}                                       | ${'a > b'}                              | ${undefined}
    ${'a > on (job) b'}                              | ${'a > on (job) b'}                     | ${undefined}
    ${'1 < a < 5'}                                   | ${'1 < a < 5'}                          | ${undefined}
    ${'a > 5 * 2'}                                   | ${'a > 5 * 2'}                          | ${undefined}
    ${'absent(up)'}                                  | ${'absent(up)'}                         | ${undefined}
    ${'a and b > 5'}                                 | ${'a and b > 5'}                        | ${undefined}
    ${'a > 5)'}                                      | ${'a > 5)'}                             | ${undefined}
    ${'a{b="c > 5'}                                  | ${'a{b="c > 5'}                         | ${undefined}
    ${''}                                            | ${''}                                   | ${undefined}
  `('of $expression: $shown', ({ expression, shown, limit }) => {
    const found = watched(expression);
    expect(found.expression).toBe(shown);
    expect(found.threshold && `${found.threshold.operator} ${found.threshold.value}`).toBe(limit);
  });

  test('is some part of any text, and found at once', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '[',
      '{',
      '"',
      "'",
      '`',
      '\\',
      '>',
      '<',
      '==',
      ' and ',
      ' or ',
      '5',
      'x',
      '#',
      '\n',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 60 }).map((some) => some.join('')),
        ),
        (text) => {
          expect(text).toContain(watched(text).expression);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

test.each`
  expression                                                                            | unit
  ${'node_filesystem_avail_bytes{a="b_seconds"}'}                                       | ${'bytes'}
  ${'rate(node_network_receive_bytes_total[5m])'}                                       | ${'bytes/s'}
  ${'sum by (request_seconds) (rate(http_requests_total[5m]))'}                         | ${'/s'}
  ${'histogram_quantile(0.9, sum by (le) (rate(request_duration_seconds_bucket[5m])))'} | ${'seconds'}
  ${'rate(r_seconds_sum[5m]) / rate(r_seconds_count[5m])'}                              | ${'seconds'}
  ${'rate(http_errors_total[5m]) / rate(http_requests_total[5m])'}                      | ${'none'}
  ${'rate(process_cpu_seconds_total[5m])'}                                              | ${'none'}
  ${'http_requests_total'}                                                              | ${'none'}
  ${'shop_error_ratio'}                                                                 | ${'none'}
  ${'node_memory_free_bytes * 2'}                                                       | ${'none'}
  ${'a_bytes + b_seconds'}                                                              | ${'none'}
  ${'up'}                                                                               | ${'none'}
`('$expression is in $unit', ({ expression, unit }) => expect(unitOf(expression)).toBe(unit));
