/** Parses a query with a lezer grammar, and finds nodes of its syntax tree with their text. */
interface Cursor {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly type: { readonly isError: boolean };
}

export interface SyntaxNode extends Cursor {
  readonly parent: SyntaxNode | null;
  readonly firstChild: SyntaxNode | null;
  readonly nextSibling: SyntaxNode | null;
}

interface Grammar {
  parse(text: string): { readonly topNode: SyntaxNode };
}

export interface Syntax {
  readonly text: (node: SyntaxNode) => string;
  /** The query up to a node. */
  readonly before: (node: SyntaxNode) => string;
  /** The nodes of these kinds at or below `under`, in query order. */
  readonly all: (kinds: readonly string[], under?: SyntaxNode) => readonly SyntaxNode[];
}

/** @throws {SyntaxError} with the position of the first error */
export function syntaxOf(query: string, grammar: Grammar): Syntax {
  const { topNode } = grammar.parse(query);
  const nodes = [...descendants(topNode)];
  const broken = nodes.find(({ type }) => type.isError);
  if (broken !== undefined) throw new SyntaxError(`at ${broken.from}: …${query.slice(broken.from)}`);
  return {
    text: ({ from, to }) => query.slice(from, to),
    before: ({ from }) => query.slice(0, from),
    all: (kinds, under = topNode) => [...descendants(under)].filter(({ name }) => kinds.includes(name)),
  };
}

function* descendants(node: SyntaxNode): Iterable<SyntaxNode> {
  yield node;
  for (let child = node.firstChild; child !== null; child = child.nextSibling) yield* descendants(child);
}

/** The content of a string literal. */
export const unquoted = (literal: string): string => literal.slice(1, -1);
