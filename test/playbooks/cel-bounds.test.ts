/** No expression holds up the whole process, whatever an alert says: it fails its step instead. */
import { expect, test } from 'vitest';
import { render } from '../../src/playbooks/expressions.ts';

const scope = {
  inputs: {
    list: Array.from({ length: 200 }, (_, at) => at),
    map: Object.fromEntries(
      'abcdef'
        .repeat(20)
        .split('')
        .map((key, at) => [key + at, at]),
    ),
  },
  alert: { annotations: { text: 'x'.repeat(8_000) } },
};
const said = (expression: string): unknown => {
  const rendered = render(`\${{ ${expression} }}`, scope);
  return rendered.ok ? rendered.value : rendered.problem;
};

test.each([
  ['inputs.list.map(a, inputs.list.map(b, inputs.list.map(c, inputs.list.map(d, 1)))).size()'],
  ['inputs.list.all(a, inputs.list.all(b, inputs.list.all(c, inputs.list.all(d, d >= 0))))'],
  ['inputs.list.exists(a, inputs.list.exists(b, inputs.list.exists(c, inputs.list.exists(d, d < 0))))'],
  ['inputs.map.map(a, inputs.map.map(b, inputs.map.map(c, inputs.map.map(d, 1)))).size()'],
  ['alert.annotations.text.split("").filter(a, alert.annotations.text.split("").exists(b, a != b)).size()'],
])('%s goes round too often', (expression) => {
  expect(said(expression)).toContain('it goes round more than 100000 times');
});

test.each([
  ['inputs.list.map(a, inputs.list.map(b, inputs.list))', 'more than 100000 parts'],
  ['alert.annotations.text.split("").map(a, alert.annotations.text).join("")', 'more than 1000000 letters'],
])('%s gives too much', (expression, why) => {
  expect(said(expression)).toContain(why);
});

test('what is usual goes through, one expression after the other', () => {
  for (let time = 0; time < 20; time += 1)
    expect(said('inputs.list.filter(a, inputs.list.exists(b, b == a + 1)).size()')).toBe(199);
});
