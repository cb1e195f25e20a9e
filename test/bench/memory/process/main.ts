// A process of one contestant. It does what it is asked for, one thing after another, and ends when nobody can ask.
import type { Reply, Request } from '../messages.js';
import { Measurer } from './measurer.js';

const measurer = new Measurer();

process.on('disconnect', () => process.exit());
process.on('message', async (request: Request) => reply(await replyTo(request)));

async function replyTo({ method, parameters }: Request): Promise<Reply> {
  try {
    const call = measurer[method] as (...values: readonly unknown[]) => unknown;
    return { value: await call.apply(measurer, [...parameters]) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function reply(message: Reply): void {
  process.send!(message);
}
