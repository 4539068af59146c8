/** Configuration files for the servers, given as YAML text or as an object (JSON is YAML too). */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type Document = string | object;

export async function writeDocuments(dir: string, documents: Readonly<Record<string, Document>>): Promise<void> {
  for (const [name, document] of Object.entries(documents)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(
      join(dir, name),
      typeof document === 'string' ? document : `${JSON.stringify(document, null, 2)}\n`,
    );
  }
}
