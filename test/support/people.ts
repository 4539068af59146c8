/** People of the tests: members, responders unless said otherwise. */
import type { UserRef } from '../../src/domain/ids.ts';
import type { Person } from '../../src/domain/person.ts';

export const person = (name: string, over: Partial<Person> = {}): Person => ({
  kind: 'person',
  user: name.toUpperCase() as UserRef,
  name,
  roles: ['responder'],
  groups: [],
  standing: 'member',
  askedAt: 0,
  ...over,
});

export const alice = person('alice');
export const bob = person('bob');
export const carol = person('carol');
/** A member without any role. */
export const dave = person('dave', { roles: [] });
export const guest = person('guest', { standing: 'guest' });
