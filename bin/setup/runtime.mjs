/** How Node runs our programs: what it compiled is kept for the next start, and memory that it needs only in a storm is not kept. */
import module from 'node:module';
import { join } from 'node:path';

/** With the packages: only who installs them may put code there. */
const folderIn = (project) => join(project, 'node_modules', '.cache', 'compiled');

/** For programs that we start. Node does without where it cannot write. */
export function withCompiled(project, env) {
  return { NODE_COMPILE_CACHE: folderIn(project), ...env };
}

/**
 * For servers: V8 lets what is newly made grow to 128 MB before it looks what of it is still needed, and keeps that room
 * for ever. With 8 MB a storm takes as long, and a fifth of the memory stays free.
 */
export function withLittleMemory(env) {
  return { ...env, NODE_OPTIONS: ['--max-semi-space-size=4', env.NODE_OPTIONS].filter(Boolean).join(' ') };
}

/** For what is imported from here on; Node has it since 22.8. */
export function useCompiled(project) {
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE ?? folderIn(project));
}
