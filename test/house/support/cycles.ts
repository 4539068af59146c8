/** Rings in a graph, found by Tarjan's algorithm. */

/** Each group of nodes that reach each other, and each node that points at itself. */
export function ringsIn(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const rings: (readonly string[])[] = [];
  const visit = (node: string): number => {
    const at = order.size;
    order.set(node, at);
    lowest.set(node, at);
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      const reached = order.has(next) ? (path.includes(next) ? (order.get(next) ?? at) : at) : visit(next);
      lowest.set(node, Math.min(lowest.get(node) ?? at, reached));
    }
    const low = lowest.get(node) ?? at;
    if (low === at) {
      const ring = path.splice(path.indexOf(node));
      if (ring.length > 1 || graph.get(node)?.includes(node)) rings.push(ring.sort());
    }
    return low;
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return rings;
}
