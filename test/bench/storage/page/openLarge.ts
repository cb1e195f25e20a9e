import { openTier, whenReady } from './openTier.js';
import { fromDisk, fromHotSet } from './tierOptions.js';
import { type Watched, watchMainThread } from './watchMainThread.js';

const name = 'bench-growth';

/** Opens the tier of `prepareGrowth` on a fresh page as an app would, and tells what that did to the main thread. */
export async function openWatched(): Promise<Watched> {
  const watch = await watchMainThread();
  const tier = openTier({ ...fromHotSet, name });
  await whenReady(tier);
  return watch.end();
}

/** The same watch, and nothing to watch. @param time ms */
export async function watchIdle(time: number): Promise<Watched> {
  const watch = await watchMainThread();
  await new Promise((resolve) => setTimeout(resolve, time));
  return watch.end();
}

/** Opens it so that it knows its keys and has nothing else in memory. */
export async function openForKeys(): Promise<void> {
  const tier = openTier({ ...fromDisk, name });
  await whenReady(tier);
  // Held, or it would be collected with all that is to be counted.
  Object.assign(window, { tier });
}
