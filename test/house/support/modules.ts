/** The project's source as data: each module of src, what it imports, and whether only for its types. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import ts from 'typescript';

export interface Import {
  /** `src/domain/ids.ts`, `node:fs`, or the name of an npm package. */
  readonly to: string;
  readonly kind: 'ours' | 'node' | 'npm';
  /** Nothing of it is left when the program runs. */
  readonly isTypeOnly: boolean;
  readonly line: number;
}

export interface Module {
  /** `src/slack/app.ts`. */
  readonly path: string;
  /** `slack`; `.` for what lies in src itself. */
  readonly part: string;
  readonly text: string;
  readonly syntax: ts.SourceFile;
  readonly imports: readonly Import[];
}

export const root = resolve(import.meta.dirname, '../../..');

/** Files below a folder of the project, as paths from its root. */
export function filesBelow(folder: string, ending = ''): readonly string[] {
  return readdirSync(resolve(root, folder), { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile() && found.name.endsWith(ending))
    .map((found) => posix.join(found.parentPath.slice(root.length + 1), found.name))
    .sort();
}

export const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');

export const sourceModules = (): readonly Module[] =>
  filesBelow('src', '.ts').map((path) => moduleFrom(path, read(path)));

export function moduleFrom(path: string, text: string): Module {
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, part: /^src\/([^/]+)\//.exec(path)?.[1] ?? '.', text, syntax, imports: importsIn(path, syntax) };
}

/** Every node of a syntax tree, outermost first. */
export function nodesIn(node: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (some: ts.Node): void => {
    found.push(some);
    ts.forEachChild(some, visit);
  };
  visit(node);
  return found;
}

export const lineOf = (node: ts.Node): number =>
  node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1;

function importsIn(path: string, syntax: ts.SourceFile): readonly Import[] {
  return nodesIn(syntax).flatMap((node) => {
    const specifier = specifierOf(node);
    if (!specifier) return [];
    return [{ ...targetOf(path, specifier.text), isTypeOnly: isTypeOnly(node), line: lineOf(node) }];
  });
}

function specifierOf(node: ts.Node): ts.StringLiteral | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return literal(node.argument.literal);
  if (ts.isCallExpression(node) && isLoader(node.expression)) return literal(node.arguments[0]);
  return ts.isNewExpression(node) ? programIn(node) : undefined;
}

/** `import('…')` and `require('…')`. */
const isLoader = (callee: ts.Expression): boolean =>
  callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');

/** `new URL('./worker.ts', import.meta.url)`: what is started as a program of its own. */
function programIn({ expression, arguments: given }: ts.NewExpression): ts.StringLiteral | undefined {
  const file = expression.getText() === 'URL' && given?.length === 2 ? literal(given[0]) : undefined;
  return file && /^\.[\w./-]*\.ts$/.test(file.text) ? file : undefined;
}

const literal = (node: ts.Node | undefined): ts.StringLiteral | undefined =>
  node && ts.isStringLiteral(node) ? node : undefined;

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportTypeNode(node)) return true;
  if (ts.isExportDeclaration(node)) {
    const { exportClause: named } = node;
    return node.isTypeOnly || Boolean(named && ts.isNamedExports(named) && onlyTypes(named.elements));
  }
  if (!ts.isImportDeclaration(node)) return false;
  const clause = node.importClause;
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return !clause.name && Boolean(named && ts.isNamedImports(named) && onlyTypes(named.elements));
}

const onlyTypes = (elements: ts.NodeArray<ts.ImportSpecifier | ts.ExportSpecifier>): boolean =>
  elements.length > 0 && elements.every((element) => element.isTypeOnly);

function targetOf(path: string, specifier: string): Pick<Import, 'to' | 'kind'> {
  if (specifier.startsWith('.')) return { to: posix.join(posix.dirname(path), specifier), kind: 'ours' };
  if (specifier.startsWith('node:')) return { to: specifier, kind: 'node' };
  const [scope = '', name] = specifier.split('/');
  return { to: scope.startsWith('@') ? `${scope}/${name}` : scope, kind: 'npm' };
}
