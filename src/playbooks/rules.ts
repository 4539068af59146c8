/** Each rule of the language in words: what is the matter, and what to do. For the pages that list them all. */
import type { ProblemCode } from './problems.ts';

export interface Rule {
  readonly what: string;
  readonly advice: string;
}

export const rules: Readonly<Record<ProblemCode, Rule>> = {
  too_large: { what: 'The file is larger than a playbook may be.', advice: 'Split it.' },
  too_deep: { what: 'It nests too deep.', advice: 'Write it flatter.' },
  bad_yaml: { what: 'It is not YAML.', advice: 'Look at the place that is named.' },
  merge_key: { what: '`<<` is not part of the language.', advice: 'Write the keys out.' },
  tag_not_allowed: { what: 'A YAML tag such as `!!js` stands there.', advice: 'Remove it.' },
  too_many_aliases: { what: 'More aliases than a person writes.', advice: 'Write some out.' },
  duplicate_key: { what: 'A key stands twice in one place.', advice: 'Keep one.' },
  unknown_key: { what: 'There is no such key; the nearest one is offered.', advice: 'Correct or remove it.' },
  not_supported_yet: {
    what: 'It is part of the language, but this version cannot do it.',
    advice: 'Leave it out for now.',
  },
  missing_key: { what: 'A required key is not there.', advice: 'Add it.' },
  wrong_type: { what: 'A text where a list must be, and so on.', advice: 'Write the type that is named.' },
  bad_value: { what: 'The value is not one of those allowed, or out of bounds.', advice: 'Write one that is.' },
  bad_matcher: {
    what: "Not a matcher in Alertmanager's sense.",
    advice: '`severity="critical"`, `job=~"shop.*"`, with `=`, `!=`, `=~` or `!~`.',
  },
  bad_schedule: {
    what: 'Not five fields of cron, a time that never comes, or no time zone.',
    advice: '`{cron: "0 3 * * 6", timezone: Europe/Berlin}`.',
  },
  input_unfed: {
    what: 'A playbook with a schedule needs an input that nothing but an alert or a person could give.',
    advice: 'Give it a `default`, or `optional: true`.',
  },
  bad_regexp: {
    what: 'Not a regular expression, or one that RE2 does not have (back-references, look-around).',
    advice: 'Write it without them.',
  },
  bad_default: {
    what: "An input's default is not of the input's own type and bounds.",
    advice: 'Correct one of the two.',
  },
  unknown_action: { what: 'There is no such action; the nearest one is offered.', advice: 'Correct it.' },
  bad_argument: { what: 'An argument under `with:` is wrong for the action.', advice: 'Write what the sentence says.' },
  effect_not_allowed: {
    what: 'The step claims an `effect` that its action cannot have.',
    advice: 'Choose one of those named, or leave it out.',
  },
  verify_not_read: { what: 'A `verify` would change something.', advice: 'Verify with an action that only reads.' },
  expression_in_code: {
    what: "`${{ }}` stands where code is read: in a query, a unit's verb, a program's name.",
    advice: 'Hand the value over as an argument or variable (`vars:`).',
  },
  bad_expression: { what: 'Not an expression of CEL.', advice: 'Look at the place that is named.' },
  not_a_condition: {
    what: '`if`, `assert` or `expect` is not one expression that is true or false.',
    advice: '`"${{ inputs.n > 3 }}"`.',
  },
  not_a_list: { what: '`foreach` is not one expression that gives a list.', advice: '`"${{ inputs.hosts }}"`.' },
  not_a_number: {
    what: 'An end of `max_change` is not one expression that gives a number.',
    advice: '`"${{ inputs.replicas }}"`.',
  },
  unknown_reference: {
    what: 'The expression names something that is not there; the nearest one is offered.',
    advice: 'Correct it.',
  },
  runs_later: { what: 'The expression uses a step that has not run by then.', advice: 'Move one of the two.' },
  duplicate_step: { what: 'Two steps have one id.', advice: 'Rename one.' },
  misplaced_step: {
    what: 'An action stands where it cannot: people asked in a rollback, a `foreach`, a `parallel` or a closing part.',
    advice: 'Put it where the sentence says.',
  },
  rollback_unused: {
    what: 'A `rollback` that nothing would ever run: the playbook stops where a step fails.',
    advice: 'Add `failure_strategy: rollback`, or leave the rollback out.',
  },
  not_together: { what: 'Two keys that exclude each other.', advice: 'Keep one of them.' },
  env_not_supported: {
    what: '`env` at a step whose action runs no script.',
    advice: "Leave it out, or use the action's own arguments.",
  },
  secret_misplaced: {
    what: 'A secret outside of a field that takes one, or something else inside of one.',
    advice: '`"${{ secrets.NAME }}"` as the whole value of such a field.',
  },
  retry_not_safe: {
    what: 'A retry after a failure that may have had an effect, on a step whose effect is `once`.',
    advice: 'Leave the class out, or declare `idempotent` if a repeat is harmless.',
  },
  approved_too_early: {
    what: 'An approved step would use what is known only after the approval.',
    advice: 'Move the approval behind the step whose result it uses.',
  },
  risk_too_high: {
    what: 'A `risk: high` playbook asks for too little consent.',
    advice: 'Require what the sentence says, or lower the risk honestly.',
  },
  same_group: {
    what: 'A playbook runs another one of its own `concurrency` group: the two would wait for each other.',
    advice: 'Leave the group to one of them.',
  },
  duplicate_playbook: { what: 'Another file has this id already.', advice: 'Rename one.' },
  unreadable: { what: 'The file cannot be read, or is none.', advice: 'Look at its rights, and where its link leads.' },
};
