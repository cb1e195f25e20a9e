import { savesData } from '../../prewarm/savesData.js';

interface DeviceScope {
  readonly navigator?: { readonly deviceMemory?: number };
}

/** Whether a model may be downloaded that nobody waits for. */
export type BackgroundDownload = 'auto' | 'always' | 'never';

/**
 * GiB, as browsers round them: a device with less says 1 or below. The runtime, the model and its working memory then
 * come near to what such a device gives a page before it kills it.
 */
const leastMemory = 2;

export function mayDownload(choice: BackgroundDownload): boolean {
  if (choice !== 'auto') return choice === 'always';
  return !savesData() && !hasLittleMemory();
}

/** Device Memory API; browsers without it say no. */
function hasLittleMemory(): boolean {
  const { deviceMemory } = (globalThis as DeviceScope).navigator ?? {};
  return typeof deviceMemory === 'number' && deviceMemory < leastMemory;
}
