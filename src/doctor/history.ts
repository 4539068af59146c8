/** History: whether it is sealed with a key, so that nobody who may write to Redis can forge it. */
import { type Check, ok, warning } from './finding.ts';

export const historyCheck = (hasKey: boolean): Check => ({
  about: 'history',
  look: async () => [
    hasKey
      ? ok('It is sealed with a key that is not in Redis.')
      : warning(
          'It is sealed without a key: whoever may write to Redis could forge it.',
          'Set `history.key` (`openssl rand -hex 32`), the same for all processes.',
        ),
  ],
});
