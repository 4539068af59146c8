/** `GET events`: Server-Sent Events, one whenever the workspace or its traffic changed. What changed is asked for anew. */
import type { Exchange } from '../exchange.ts';

export function streamChanges({ world, request, response }: Exchange): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let revision = 0;
  const push = () => {
    // Who reads slowly hears of the latest change, not of each.
    if (response.writableNeedDrain) return;
    revision += 1;
    response.write(`event: change\nid: ${revision}\ndata: {"revision":${revision}}\n\n`);
  };
  push();
  const stop = world.changes.listen(push);
  response.on('drain', push);
  request.on('close', stop);
}
