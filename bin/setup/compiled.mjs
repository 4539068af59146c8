/** Where Node keeps what it compiled, so that the next start need not: with the packages, for only who installs them may put code there. */
import module from 'node:module';
import { join } from 'node:path';

const folderIn = (project) => join(project, 'node_modules', '.cache', 'compiled');

/** For programs that we start. Node does without where it cannot write. */
export function withCompiled(project, env) {
  return { NODE_COMPILE_CACHE: folderIn(project), ...env };
}

/** For what is imported from here on; Node has it since 22.8. */
export function useCompiled(project) {
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE ?? folderIn(project));
}
