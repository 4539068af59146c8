/** Keys that no map of a playbook may have: whoever asks an object for its text would be answered by the file. */

export const reservedKeys: readonly string[] = ['__proto__', 'toString', 'valueOf', 'toJSON'];
